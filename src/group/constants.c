/* Constants of the group; tools/check_constants recomputes them. Source: docs/crypto.md 1. */
#include "group/internal.h"

/* clang-format off */
/* == 2**4096 - 2**3840 + 2**256 * (gamma(3584) +
 *    439294808804231274926900580397189504974648848968881487631310538630010859174858006409)
 *    + 2**256 - 1: the lowest and the highest 256 bits are ones */
const uint64_t eg_p_limbs[EG_P_LIMBS] = {
    0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu,
    0xceddd4533a52566au, 0xd2f9ca02d03199bau, 0xfb82a75c47c03d43u, 0x34aa85973f79a93fu,
    0xf17903f4e22d8407u, 0x98bb22aa7ec1b6d0u, 0x9ad030aaba5f3a57u, 0x1b32e5e8d8036214u,
    0x81ccae83512b3051u, 0x81b5753ea8427633u, 0x542e9f722bce15a3u, 0x92bf52225a2b38e6u,
    0x81c1a48e439cd03au, 0x1baf84dbb6612b78u, 0xe9cc3d1737fb2817u, 0x818bd3075ad1f5c7u,
    0x4068bbcafea32a67u, 0xb7a661e5c26e5421u, 0x7f18b93ef5389130u, 0xd0d6234217fcc003u,
    0x9f9c7ccc69ddf172u, 0x6223b2f09215f371u, 0xe528fdf1b05e5b25u, 0xaea1c4bb6fe9554eu,
    0xaf2890487031f9c0u, 0xc5d238d0744db679u, 0xe11df2424f1b66c2u, 0x7c555302d2238d8cu,
    0x4c4d8c4f13edf604u, 0x8e704b7c5c40bf30u, 0x2741e53865f004ccu, 0x7db2db49ee52e018u,
    0x32fab2c7448f2a05u, 0xc083f22ad3ee591cu, 0x6fcaabccc9b31959u, 0x0365594964b83989u,
    0x5a7bd46931ced822u, 0x7cfde60ee741e5d8u, 0x8fc28658e80567a4u, 0xb54fe70e63e6d09fu,
    0x961542a3ce3bea5du, 0x5e6ac2f0bd61c746u, 0x3ec7c27182797722u, 0xd2a1ea1de62ff864u,
    0x0c09d4c8b6b7b86fu, 0x8a96d1567899aaaeu, 0xdbe7bf38154b36cfu, 0x58deb878cc86d733u,
    0xe43b4673d74bafeau, 0x1056ae9132135a08u, 0xd0649ccb621057d1u, 0x8e4b59fa03a9f0eeu,
    0x0c03df34709affbdu, 0xa1cecc3af65cc019u, 0xd1be3f810152cb56u, 0x93c467e37db0c7a4u,
    0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu,
};

/* == 2**256 - 189 */
const uint64_t eg_q_limbs[EG_Q_LIMBS] = {
    0xffffffffffffff43u, 0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu,
};

/* 0 and 1 */
const eg_modp eg_modp_zero = {{0}};
const eg_modp eg_modp_one = {{1}};
const eg_modq eg_modq_zero = {{0}};
const eg_modq eg_modq_one = {{1}};

/* == pow(2, (p - 1) // q, p) */
const eg_modp eg_modp_g = {{
    0x736ee018bbadb987u, 0x44c468b980970731u, 0xd29343b9d8997dc2u, 0x070b39b09ae06b37u,
    0xb2d2295a8c55bd1cu, 0xce028eb868d965ccu, 0x877ff92851816071u, 0x54f7a5e2f3dea026u,
    0x44f22eeb289e4cc5u, 0x7be1c5858844b5adu, 0xcc69ec318909cb04u, 0xff943e28a2dceacfu,
    0xab0a8735a92edce8u, 0x33c08e7d0b7149e3u, 0x12c121c36b80eb84u, 0x02d15bb1c2573186u,
    0x921412e948d9e474u, 0x9633b054147f7170u, 0x241766b7ab56bf73u, 0x836a6d6db85c6ba7u,
    0xb39feeadff1fd64cu, 0xb92c594d4e46569bu, 0xacf31471bdb61860u, 0x1dcd3a0d6ff3cb3fu,
    0xd50443a9aa3f4961u, 0xfd6c40e2f9875c35u, 0xc2978c47aac29611u, 0x80370a3b0cf98a1bu,
    0x58fff517f977a830u, 0xfb83acbdead4c87au, 0x9e141423074dd9b5u, 0x251d2584fadea80bu,
    0x12282c1da7bd36b4u, 0x90ab3571d6d671c5u, 0xb578e34eaeb6dd31u, 0x4a3cbdf3609824b1u,
    0x6de67c45719e5634u, 0xdead8b5bf5de9babu, 0xf9befc69697293d5u, 0xdacc5236f29b1ab9u,
    0xc2b743da56f14f19u, 0x8165d53cf96649aau, 0x0f59c731d5a7ffaeu, 0x6bdc0ed52b00d8d3u,
    0xc16815a76b4682bdu, 0x07f46912c04932f8u, 0x5ec85c8cdbe5f9d3u, 0x7c13426412218959u,
    0x8d939d1208b16036u, 0x379e9391fbc62f9fu, 0x1d3409983bccd2b5u, 0x6d90e7eaade09824u,
    0x6fef5c6c1df2e7c3u, 0x17f6c55e2ec92c22u, 0xb03c0bdd77add5c0u, 0x523d166ee3ae9d5fu,
    0x5e4a3fc89088c9f4u, 0xeb19e296f5d143ccu, 0x06a03699f3abae5fu, 0x587bc86c4c1448d0u,
    0x13769bdb43673218u, 0x6c268cd3424fc01du, 0xeef0c5e4ac08d4a4u, 0x1d41e49c477e15eau,
}};

/* == (p + 1) // 2**256 */
const uint64_t eg_p_folded[EG_P_FOLDED_LIMBS] = {
    0xceddd4533a52566bu, 0xd2f9ca02d03199bau, 0xfb82a75c47c03d43u, 0x34aa85973f79a93fu,
    0xf17903f4e22d8407u, 0x98bb22aa7ec1b6d0u, 0x9ad030aaba5f3a57u, 0x1b32e5e8d8036214u,
    0x81ccae83512b3051u, 0x81b5753ea8427633u, 0x542e9f722bce15a3u, 0x92bf52225a2b38e6u,
    0x81c1a48e439cd03au, 0x1baf84dbb6612b78u, 0xe9cc3d1737fb2817u, 0x818bd3075ad1f5c7u,
    0x4068bbcafea32a67u, 0xb7a661e5c26e5421u, 0x7f18b93ef5389130u, 0xd0d6234217fcc003u,
    0x9f9c7ccc69ddf172u, 0x6223b2f09215f371u, 0xe528fdf1b05e5b25u, 0xaea1c4bb6fe9554eu,
    0xaf2890487031f9c0u, 0xc5d238d0744db679u, 0xe11df2424f1b66c2u, 0x7c555302d2238d8cu,
    0x4c4d8c4f13edf604u, 0x8e704b7c5c40bf30u, 0x2741e53865f004ccu, 0x7db2db49ee52e018u,
    0x32fab2c7448f2a05u, 0xc083f22ad3ee591cu, 0x6fcaabccc9b31959u, 0x0365594964b83989u,
    0x5a7bd46931ced822u, 0x7cfde60ee741e5d8u, 0x8fc28658e80567a4u, 0xb54fe70e63e6d09fu,
    0x961542a3ce3bea5du, 0x5e6ac2f0bd61c746u, 0x3ec7c27182797722u, 0xd2a1ea1de62ff864u,
    0x0c09d4c8b6b7b86fu, 0x8a96d1567899aaaeu, 0xdbe7bf38154b36cfu, 0x58deb878cc86d733u,
    0xe43b4673d74bafeau, 0x1056ae9132135a08u, 0xd0649ccb621057d1u, 0x8e4b59fa03a9f0eeu,
    0x0c03df34709affbdu, 0xa1cecc3af65cc019u, 0xd1be3f810152cb56u, 0x93c467e37db0c7a4u,
    0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu,
};

/* == 2**4096 % p: one in Montgomery form */
const eg_modp eg_mont_one = {{
    0x0000000000000001u, 0x0000000000000000u, 0x0000000000000000u, 0x0000000000000000u,
    0x31222bacc5ada995u, 0x2d0635fd2fce6645u, 0x047d58a3b83fc2bcu, 0xcb557a68c08656c0u,
    0x0e86fc0b1dd27bf8u, 0x6744dd55813e492fu, 0x652fcf5545a0c5a8u, 0xe4cd1a1727fc9debu,
    0x7e33517caed4cfaeu, 0x7e4a8ac157bd89ccu, 0xabd1608dd431ea5cu, 0x6d40addda5d4c719u,
    0x7e3e5b71bc632fc5u, 0xe4507b24499ed487u, 0x1633c2e8c804d7e8u, 0x7e742cf8a52e0a38u,
    0xbf974435015cd598u, 0x48599e1a3d91abdeu, 0x80e746c10ac76ecfu, 0x2f29dcbde8033ffcu,
    0x6063833396220e8du, 0x9ddc4d0f6dea0c8eu, 0x1ad7020e4fa1a4dau, 0x515e3b449016aab1u,
    0x50d76fb78fce063fu, 0x3a2dc72f8bb24986u, 0x1ee20dbdb0e4993du, 0x83aaacfd2ddc7273u,
    0xb3b273b0ec1209fbu, 0x718fb483a3bf40cfu, 0xd8be1ac79a0ffb33u, 0x824d24b611ad1fe7u,
    0xcd054d38bb70d5fau, 0x3f7c0dd52c11a6e3u, 0x90355433364ce6a6u, 0xfc9aa6b69b47c676u,
    0xa5842b96ce3127ddu, 0x830219f118be1a27u, 0x703d79a717fa985bu, 0x4ab018f19c192f60u,
    0x69eabd5c31c415a2u, 0xa1953d0f429e38b9u, 0xc1383d8e7d8688ddu, 0x2d5e15e219d0079bu,
    0xf3f62b3749484790u, 0x75692ea987665551u, 0x241840c7eab4c930u, 0xa7214787337928ccu,
    0x1bc4b98c28b45015u, 0xefa9516ecdeca5f7u, 0x2f9b63349defa82eu, 0x71b4a605fc560f11u,
    0xf3fc20cb8f650042u, 0x5e3133c509a33fe6u, 0x2e41c07efead34a9u, 0x6c3b981c824f385bu,
    0x0000000000000000u, 0x0000000000000000u, 0x0000000000000000u, 0x0000000000000000u,
}};

/* == 2**8192 % p: turns a plain number into Montgomery form */
const eg_modp eg_mont_r2 = {{
    0x7a51c45e8c999101u, 0x0a22e43cd4266db9u, 0x6fa604bb7cf40a82u, 0x4d189d671850c6b6u,
    0x1e2f0aad3f989cfcu, 0xb25ad3e013f9f16bu, 0xc8383953a545bc0cu, 0x3fdc4be3f669518fu,
    0xdc8d4bd7fceeaefeu, 0xa0710fc23470be5eu, 0xd49c088734429836u, 0x8d2d882301a99e1au,
    0xe66b15252c07d90eu, 0xc96990a7e07718d1u, 0xaf26c79f2a9241d9u, 0xc1c5fa37b6b5a090u,
    0x434576bc6a7a9e10u, 0xd65e1bb3cf75b61du, 0xbe1e994dc5be1223u, 0xbc100137865c4f30u,
    0xa712b2344155675du, 0xa751859be4910323u, 0x0c79c1ac2322d004u, 0xc8c52a6cafdcfee8u,
    0xf98cd4ce04983cfdu, 0x1c44470b0856f5e5u, 0x64ead041a3c80a03u, 0x477cc911e6772fbau,
    0xcfc6f49316ea2402u, 0xf00984c3ed1dcb38u, 0x357b0c498cc81bddu, 0xe93f04431afd3384u,
    0x895600ba6dabee02u, 0xa8e415dd26ffdff4u, 0xe2d6c3638b96dd68u, 0x8a1b633fa4159c41u,
    0x2326a588acfa04b0u, 0x3184f214db114e39u, 0xd733aefdbbc7b9f9u, 0x18b917ad1b2a3bf6u,
    0xd2ac6d4347eb87a4u, 0x440377d358fc8fe4u, 0xb3edbace2f7bdeeau, 0x04950406334904bbu,
    0x872ce247cd747fcfu, 0x94c2275d019f340au, 0x8ccd478c519de256u, 0x2fffdf24b2b3b4feu,
    0x5087e2ff1f7643e8u, 0xe3562b6807cda10au, 0x0943d69fabdd7276u, 0x6f3a93c780028052u,
    0x40d0d7b788b3e370u, 0xa5a6bb2f7d5bd0adu, 0x0a73e8f22467df70u, 0x90a41fd6e92b5256u,
    0x2cce396273dd7e28u, 0x460af4f47ab80d5cu, 0xa961a7f4334bd4deu, 0x75c4eaf1fe78eb9bu,
    0xd7ec99802374fe29u, 0x96dbfcb1c3d6d945u, 0xf24b12dbe65fe2feu, 0xf5e06f38e55b2ee1u,
}};

/* == g * 2**4096 % p: g in Montgomery form */
const eg_modp eg_mont_g = {{
    0x4c6a22ee2d60958bu, 0x3e05c5ada5e9bf6cu, 0x063322151f735dc1u, 0x08eb292be5525630u,
    0x99d42b53d9bb73e3u, 0x228240ce475eb628u, 0x4c3da604eefbfea5u, 0x9f26bcdda29fb3acu,
    0x939477ee79663f98u, 0xa8d8ad0e3f5755b0u, 0x9f4266a0ee210a71u, 0x0cac2f4b34fde149u,
    0x553fac556adac903u, 0x10160903b6eac68du, 0xc12dd8c53cbda761u, 0x7619de0a90594f98u,
    0x2be4a2dd1d9ad88bu, 0xdb116f73e3d37b7eu, 0x9c87da2209240c2bu, 0xe0b5cf828c8c45e0u,
    0xa47651a6035dc3b2u, 0xe101f00ced7a79bcu, 0x2a5c5295ce74c321u, 0x0dd1f9646be1221eu,
    0x440ec887856c5f64u, 0x64724ea4267fc301u, 0x92c9b4e2a6624105u, 0x84993e8aea019fb7u,
    0x17f953db18f2f041u, 0x06b89093a5f21e82u, 0x84b1cccdb8e394b9u, 0x694e91eb89b72bd4u,
    0x11c1d180f806faadu, 0xa9baaca38bbae0e7u, 0x8d8c6151eae21072u, 0x31d023c80cdb4052u,
    0x490fa1cacc6b2e41u, 0x0b989bb7203d00fau, 0x18a1d5675c73f7c6u, 0x667923ae1e56957bu,
    0x55de87e12276650bu, 0x92c21c1258493a99u, 0x567df1c46d3cc5b0u, 0x38efcc09bddba00fu,
    0xecca7e0cdad110cbu, 0xe1a1dd47872475e1u, 0xeb37c4145cc35bdcu, 0x0017f38b5d2cea44u,
    0x1db69bbfc4757a39u, 0x43b50b8954fa6703u, 0x65f30652e55c9141u, 0x4fed6ba0c20e107bu,
    0x91bcd261aa3e7903u, 0x8f12918660073967u, 0x42f2cb1728c19244u, 0xc04c7074f62f547bu,
    0x43f49411e3c255f6u, 0x228158090e1ffb9eu, 0xd91e9e02328a94f8u, 0x07f15d71bdf4e7ffu,
    0xaf51cde3b2569f15u, 0x5f6d4d43787ac343u, 0x50139b26d53cb103u, 0xb0ca7dba340c1179u,
}};
/* clang-format on */
