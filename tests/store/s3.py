"""A server of S3 under a test's control (s3_peer.mjs), and credentials for it."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ACCESS, SECRET, REGION = "AKIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-test-1"


def write_credentials(path, secret=SECRET, access=ACCESS, token=None):
    """As ~/.aws/credentials is; the path."""
    text = f"# of the election\n[other]\naws_access_key_id = x\n[default]\naws_access_key_id = {access}\n"
    path.write_text(text + f"aws_secret_access_key={secret}\n" + (f"aws_session_token = {token}\n" if token else ""))
    return path


class Peer:
    def __init__(self, *tls):
        command = ["node", os.path.join(HERE, "s3_peer.mjs"), ACCESS, SECRET, *tls]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line, "s3_peer.mjs failed; scripts/install-deps.sh --dev installs what it needs"
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{int(line)}"

    def tell(self, **fault):
        """Without waiting until it is so: for who reads the lines elsewhere."""
        self.process.stdin.write(json.dumps(fault) + "\n")
        self.process.stdin.flush()

    def ask_for(self, **fault):
        self.tell(**fault)
        assert self.process.stdout.readline() == "set\n"

    def said(self, count):
        """The lines of the latest requests."""
        return [self.process.stdout.readline().split() for _ in range(count)]

    def stop(self):
        self.process.kill()
        self.process.communicate()
