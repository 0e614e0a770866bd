"""An authority of the tests' own, and a certificate of it for localhost."""

import datetime
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(subject, key, issuer, issuer_key, extensions):
    now = datetime.datetime.utcnow()
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=2))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _write(path, *parts):
    with open(path, "wb") as file:
        file.write(b"".join(parts))
    os.chmod(path, 0o600)
    return path


def make(folder):
    """As RabbitMQ's settings name them."""
    os.makedirs(folder, exist_ok=True)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed(_name("tests"), authority_key, _name("tests"), authority_key,
                        [(x509.BasicConstraints(ca=True, path_length=0), True)])  # fmt: skip
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = _signed(_name("localhost"), key, authority.subject, authority_key, [(names, False)])
    pem = serialization.Encoding.PEM
    return {
        "cacertfile": _write(f"{folder}/authority.pem", authority.public_bytes(pem)),
        "certfile": _write(f"{folder}/certificate.pem", certificate.public_bytes(pem)),
        "keyfile": _write(f"{folder}/key.pem", key.private_bytes(
            pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())),
    }  # fmt: skip
