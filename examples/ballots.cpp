// Ballots with libelectionguard in C++: memory and errors as C++ has them, an election of two guardians, and its result
// against the plain count. The whole of an election, missing guardians and challenges included, is in election.c.
//
//     c++ -std=c++11 ballots.cpp $(pkg-config --cflags --libs electionguard) && ./a.out
#include <electionguard/electionguard.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// What the library says is wrong, as an exception.
struct Failed : std::runtime_error {
    explicit Failed(const eg_error &error) : std::runtime_error(std::string(error.path) + ": " + error.text) {}
};

void check(eg_result result, const eg_error &error) {
    if (eg_failed(result)) {
        throw Failed(error);
    }
}

// All objects of an election live in one arena, and are wiped with it.
struct Arena {
    eg_arena arena;
    Arena() { eg_arena_init(&arena, nullptr); }
    ~Arena() { eg_arena_free(&arena); }
    Arena(const Arena &) = delete;
    Arena &operator=(const Arena &) = delete;
};

struct FreeTable {
    void operator()(eg_fixed_base *table) const { eg_fixed_base_free(table); }
};
using Table = std::unique_ptr<eg_fixed_base, FreeTable>;

// A nonce that is wiped when it has been used: whoever knows it can open the ballot.
struct Nonce {
    eg_modq value;
    Nonce() {
        eg_error error;
        check(eg_random_q(&value, eg_rng_system(), 1, &error), error);
    }
    ~Nonce() { eg_wipe(&value, sizeof value); }
    Nonce(const Nonce &) = delete;
    Nonce &operator=(const Nonce &) = delete;
};

struct Guardian {
    eg_polynomial secret;
    eg_guardian_public record;
};

class Election {
  public:
    Election(const std::vector<eg_str> &guardians, const std::vector<eg_str> &candidates) : names(candidates) {
        std::vector<eg_guardian_public> records;
        const std::uint32_t count = static_cast<std::uint32_t>(guardians.size());
        keys.resize(count);
        for (std::uint32_t i = 0; i < count; i++) {
            check(eg_guardian_generate(&keys[i].secret, &keys[i].record, guardians[i], i + 1, count, eg_rng_system(),
                                       &memory.arena, &error),
                  error);
            records.push_back(keys[i].record);
        }
        eg_modp key;
        eg_modq commitment_hash;
        eg_joint_key(&key, &commitment_hash, records.data(), count);
        check(eg_manifest_build_service(&manifest, &memory.arena, names.data(), names.size(), names.data(),
                                        names.size(), 1, &error),
              error);
        check(eg_context_init(&context, count, count, &key, &commitment_hash, &manifest.hash, &error), error);
        table.reset(eg_fixed_base_new(&key));
        if (!table) {
            throw std::bad_alloc();
        }
        parts.manifest = &manifest;
        parts.context = &context;
        parts.key = table.get();
        check(eg_tally_sum_init(&sum, &manifest, &memory.arena, &error), error);
    }

    // Encrypts, verifies what came of it as everybody can, and counts it.
    void cast(const std::string &ballot_id, std::size_t choice) {
        eg_str id; // kept: objects borrow the strings that they were made of
        eg_plain_ballot plain;
        eg_modq code_seed;
        eg_ballot ballot;
        std::size_t failed = 0;
        Nonce nonce;
        eg_device_hash(&code_seed, 1, 1, 1, EG_STR("polling-place"));
        check(eg_arena_copy_str(&memory.arena, eg_str_from(ballot_id.c_str()), &id, &error), error);
        check(eg_plain_ballot_from_names(&plain, id, &names[choice], 1, &manifest, &memory.arena, &error), error);
        eg_encrypt_input input = eg_encrypt_input();
        input.ballot = &plain;
        input.code_seed = &code_seed;
        input.nonce = &nonce.value;
        input.timestamp = 1767225600;
        check(eg_ballots_encrypt(&ballot, &input, 1, &parts, &memory.arena, &failed, &error), error);
        eg_ballot_strip_nonces(&ballot, EG_BALLOT_CAST);
        check(eg_ballot_check_structure(&ballot, &parts, &memory.arena, nullptr, &error), error);
        check(eg_ballot_verify_proofs(&ballot, &parts, &memory.arena, nullptr, &error), error);
        eg_tally_sum_add(&sum, &ballot, &manifest);
        cast_count++;
    }

    std::vector<std::uint64_t> count() {
        eg_tally tally = eg_tally(); // its ids stay empty
        eg_target target = eg_target();
        check(eg_tally_from_sum(&tally, &sum, &manifest, &memory.arena, &error), error);
        check(eg_target_from_tally(&target, &tally, &memory.arena, &error), error);
        std::vector<eg_decryption_share> shares(keys.size());
        std::vector<const eg_decryption_share *> list;
        for (std::size_t i = 0; i < keys.size(); i++) {
            decrypt(keys[i], target, &shares[i]);
            list.push_back(&shares[i]);
        }
        std::vector<eg_plain_result> results(names.size());
        std::vector<std::uint64_t> counts;
        std::size_t n = 0;
        check(eg_shares_combine(results.data(), &n, &target, list.data(), list.size(), cast_count, nullptr, &error),
              error);
        for (const eg_plain_result &result : results) {
            counts.push_back(result.tally);
        }
        return counts;
    }

  private:
    void decrypt(const Guardian &guardian, const eg_target &target, eg_decryption_share *out) {
        const eg_guardian_public &record = guardian.record;
        std::vector<eg_modq> seeds(names.size()); // of the proofs
        for (eg_modq &seed : seeds) {
            check(eg_random_q(&seed, eg_rng_system(), 1, &error), error);
        }
        eg_share_origin origin = eg_share_origin(); // the guardian's own: nobody is missing
        origin.guardian_id = record.owner_id;
        origin.public_key = &record.key;
        check(eg_decryption_share_init(out, &target, &origin, &memory.arena, &error), error);
        eg_decryption_share_compute(out, &target, 0, names.size(), &guardian.secret.coefficients[0].value,
                                    seeds.data(), &context.extended_base_hash);
        eg_wipe(seeds.data(), seeds.size() * sizeof seeds[0]);
        check(eg_decryption_share_verify(out, &target, &origin, &context.extended_base_hash, &memory.arena, nullptr,
                                         &error),
              error);
    }

    Arena memory;
    std::vector<eg_str> names;
    std::vector<Guardian> keys;
    eg_manifest manifest;
    eg_context context;
    Table table;
    eg_election parts;
    eg_tally_sum sum;
    std::size_t cast_count = 0;
    eg_error error;
};

} // namespace

int main() {
    const std::vector<eg_str> candidates = {EG_STR("Ann"), EG_STR("Bob"), EG_STR("Eve")};
    const std::vector<std::size_t> votes = {0, 2, 2, 0, 2};
    try {
        Election election({EG_STR("1"), EG_STR("2")}, candidates);
        std::vector<std::uint64_t> plain(candidates.size());
        for (std::size_t i = 0; i < votes.size(); i++) {
            election.cast("b-" + std::to_string(i + 1), votes[i]);
            plain[votes[i]]++;
        }
        const std::vector<std::uint64_t> counts = election.count();
        for (std::size_t i = 0; i < candidates.size(); i++) {
            std::cout << std::string(candidates[i].data, candidates[i].len) << ' ' << counts[i] << '\n';
        }
        return counts == plain ? 0 : 1;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
