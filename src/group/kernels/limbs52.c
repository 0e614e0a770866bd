/* Constants of the kernels on limbs of 52 bits; tools/check_constants recomputes them. */
#include "group/kernels/limbs52.h"

/* clang-format off */
/* == (p + 1) // 2**208: its lowest 48 bits are zeros */
const uint64_t eg_p_folded_52[EG_P_FOLDED_LIMBS_52] = {
    0xb000000000000u, 0xddd4533a52566u, 0xa02d03199baceu, 0x47c03d43d2f9cu, 0x9a93ffb82a75cu,
    0x0734aa85973f7u, 0x17903f4e22d84u, 0x22aa7ec1b6d0fu, 0xaba5f3a5798bbu, 0x0362149ad030au,
    0x0511b32e5e8d8u, 0x81ccae83512b3u, 0x5753ea8427633u, 0x722bce15a381bu, 0xa2b38e6542e9fu,
    0xd03a92bf52225u, 0x881c1a48e439cu, 0xaf84dbb6612b7u, 0xd1737fb28171bu, 0x5ad1f5c7e9cc3u,
    0x32a67818bd307u, 0x214068bbcafeau, 0x7a661e5c26e54u, 0xb93ef5389130bu, 0x217fcc0037f18u,
    0xddf172d0d6234u, 0x3719f9c7ccc69u, 0x6223b2f09215fu, 0x8fdf1b05e5b25u, 0xbb6fe9554ee52u,
    0x031f9c0aea1c4u, 0xb679af2890487u, 0x2c5d238d0744du, 0x1df2424f1b66cu, 0x302d2238d8ce1u,
    0x13edf6047c555u, 0x0bf304c4d8c4fu, 0xcc8e704b7c5c4u, 0x741e53865f004u, 0xdb49ee52e0182u,
    0x7448f2a057db2u, 0xee591c32fab2cu, 0x959c083f22ad3u, 0x6fcaabccc9b31u, 0x5594964b83989u,
    0x6931ced822036u, 0x741e5d85a7bd4u, 0x67a47cfde60eeu, 0xf8fc28658e805u, 0x4fe70e63e6d09u,
    0x2a3ce3bea5db5u, 0xbd61c74696154u, 0x977225e6ac2f0u, 0x643ec7c271827u, 0x2a1ea1de62ff8u,
    0xd4c8b6b7b86fdu, 0x67899aaae0c09u, 0x4b36cf8a96d15u, 0x733dbe7bf3815u, 0x58deb878cc86du,
    0xb4673d74bafeau, 0x9132135a08e43u, 0x21057d11056aeu, 0xf0eed0649ccb6u, 0xd8e4b59fa03a9u,
    0x03df34709affbu, 0xc3af65cc0190cu, 0x0152cb56a1cecu, 0x0c7a4d1be3f81u, 0xff93c467e37dbu,
    0xfffffffffffffu, 0xfffffffffffffu, 0xfffffffffffffu, 0xfffffffffffffu, 0x000ffffffffffu,
};

/* == 2**4160 % p: one in Montgomery form */
const uint64_t eg_one_52[EG_LIMBS_52] = {
    0x0000000000000u, 0x0000000001000u, 0x0000000000000u, 0x0000000000000u, 0x0000000000000u,
    0x0000000000000u, 0xbacc5ada99500u, 0x2fce664531222u, 0xfc2bc2d0635fdu, 0xc0047d58a3b83u,
    0xb557a68c08656u, 0xfc0b1dd27bf8cu, 0x5813e492f0e86u, 0xa0c5a86744dd5u, 0xdeb652fcf5545u,
    0xe4cd1a1727fc9u, 0x3517caed4cfaeu, 0xc157bd89cc7e3u, 0x431ea5c7e4a8au, 0xc719abd1608ddu,
    0x56d40addda5d4u, 0x3e5b71bc632fcu, 0xb24499ed4877eu, 0xc804d7e8e4507u, 0xe0a381633c2e8u,
    0x987e742cf8a52u, 0xf974435015cd5u, 0x9e1a3d91abdebu, 0x10ac76ecf4859u, 0x033ffc80e746cu,
    0xe8d2f29dcbde8u, 0x6063833396220u, 0xc4d0f6dea0c8eu, 0x0e4fa1a4da9ddu, 0x016aab11ad702u,
    0x063f515e3b449u, 0x650d76fb78fceu, 0x2dc72f8bb2498u, 0xdbdb0e4993d3au, 0x2ddc72731ee20u,
    0x209fb83aaacfdu, 0xcfb3b273b0ec1u, 0x18fb483a3bf40u, 0x1ac79a0ffb337u, 0x611ad1fe7d8beu,
    0x70d5fa824d24bu, 0x6e3cd054d38bbu, 0x3f7c0dd52c11au, 0x55433364ce6a6u, 0xb69b47c676903u,
    0xe3127ddfc9aa6u, 0x1a27a5842b96cu, 0xb830219f118beu, 0x3d79a717fa985u, 0x8f19c192f6070u,
    0x31c415a24ab01u, 0xe38b969eabd5cu, 0xdda1953d0f429u, 0x1383d8e7d8688u, 0x15e219d0079bcu,
    0x7494847902d5eu, 0x665551f3f62b3u, 0x93075692ea987u, 0x241840c7eab4cu, 0x14787337928ccu,
    0x8c28b45015a72u, 0xdeca5f71bc4b9u, 0xa82eefa9516ecu, 0x12f9b63349defu, 0xb4a605fc560f1u,
    0x0cb8f65004271u, 0x09a33fe6f3fc2u, 0xd34a95e3133c5u, 0x5b2e41c07efeau, 0xc3b981c824f38u,
    0x0000000000006u, 0x0000000000000u, 0x0000000000000u, 0x0000000000000u, 0x0000000000000u,
};

/* == 2**8320 % p: turns a plain number into Montgomery form */
const uint64_t eg_r2_52[EG_LIMBS_52] = {
    0xb12dbe65fe2feu, 0x38e55b2ee1f24u, 0xc999101f5e06fu, 0x6db97a51c45e8u, 0x80a22e43cd426u,
    0xf6ceefbb42d65u, 0xca0ec10ac80a2u, 0x44a254f6aa52au, 0xee2664601b380u, 0xe561d4cd4fd3fu,
    0x6595889f45a31u, 0x34267142e0200u, 0xa499cefea4206u, 0xa3f762a35ab7cu, 0x469833f504331u,
    0xfc7d18d28f4bau, 0x0c5c4b2f9eff1u, 0xf71c4132982f5u, 0xdbca080eceaeau, 0xad72d6387ca52u,
    0xae7872a748848u, 0xb387f372a8314u, 0xb7a6027f5a97fu, 0x6077401e490e5u, 0x2449e7dae980eu,
    0xa7df1eeac9cc3u, 0x55240ad4e49f6u, 0x3b063a73fbf25u, 0x191ff96c9a113u, 0xc006d9f04a635u,
    0xc9d3f6fad5624u, 0xf2e585517fff7u, 0x12d38e70ab1e9u, 0xf71dcfc494c77u, 0x999e748a48020u,
    0x2e8968202d4d3u, 0x521b9e066d24fu, 0x72c78532ee652u, 0xd19c16be98a26u, 0xf15d263ed352cu,
    0xfabe41ff452deu, 0x66dc18a0dc37du, 0xc80cb6ec3a4ebu, 0xc31ba7fc72049u, 0xc0b9555957237u,
    0xb04f066dcc62fu, 0x9c2203846fd0cu, 0x2c622d420261cu, 0x88f2db0ad96b3u, 0x6cb6392c5699au,
    0x54363d668ea70u, 0xa6b53707edf1cu, 0xc14b905db7066u, 0xf5a8b0bfe2eb9u, 0xb62e1e42218b6u,
    0xf05bc29755f87u, 0x0cc28ac3f835cu, 0x4ca5540b3cf14u, 0x4131a9f805fdbu, 0xe7147ba7df5c0u,
    0x0aa15a7fb0ba3u, 0x92566819077abu, 0x122d79beb866au, 0xace2a271276b2u, 0xf4d4b090a8e27u,
    0xd4c0c70cd7919u, 0x5f866e0758ab3u, 0x05a3d9b47cc05u, 0xc2543b13f191eu, 0xb8dfe79166558u,
    0x00a3208c7f653u, 0x8a4934b6eead6u, 0x44af259aac815u, 0xd38fafd8572c3u, 0x60bfefbd6270fu,
    0xd6b0451640abeu, 0x02374fe29ddb8u, 0xd6d945d7ec998u, 0x00096dbfcb1c3u, 0x0000000000000u,
};
/* clang-format on */
