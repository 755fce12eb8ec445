/*
 * The C interface as a C program meets it: bad arguments, errors and their places, cancellation, journals, threads.
 *
 *     interface DIRECTORY
 */
#include <sheaf.h>

#include <fenv.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { SCHEME = SHEAF_SCHEME_TEST, PROOF = SHEAF_FORM_PROOF, RATE = SHEAF_RATE_HALF, GROUPS = 2, SIGNERS = 3 };

/* The call fails with this status, and its error says something. */
#define FAILS(expected, call)                                                                                          \
    do {                                                                                                               \
        sheaf_error *error = NULL;                                                                                     \
        CHECK((call) == SHEAF_STATUS_##expected);                                                                      \
        CHECK(sheaf_error_status(error) == SHEAF_STATUS_##expected);                                                   \
        CHECK(strlen(sheaf_error_message(error)) > 0);                                                                 \
        sheaf_error_free(error);                                                                                       \
    } while (0)

/* As FAILS, with an error about these places. */
#define FAILS_AT(expected, call, count, ...)                                                                           \
    do {                                                                                                               \
        sheaf_error *error = NULL;                                                                                     \
        CHECK((call) == SHEAF_STATUS_##expected);                                                                      \
        const sheaf_place places[] = {__VA_ARGS__};                                                                    \
        CHECK(sheaf_error_place_count(error) == (count));                                                              \
        for (size_t p = 0; p < (count); p++) {                                                                         \
            sheaf_place place = sheaf_error_place(error, p);                                                           \
            CHECK(place.group == places[p].group && place.index == places[p].index);                                   \
        }                                                                                                              \
        CHECK(sheaf_error_place(error, (count)).group == SHEAF_WHOLE_GROUP);                                           \
        sheaf_error_free(error);                                                                                       \
    } while (0)

#define SUCCEEDS(call)                                                                                                 \
    do {                                                                                                               \
        sheaf_error *error = (sheaf_error *)&groups; /* any value: it must be overwritten */                           \
        CHECK((call) == SHEAF_STATUS_OK);                                                                              \
        CHECK(error == NULL);                                                                                          \
    } while (0)

static uint8_t public_keys[GROUPS][SIGNERS][SHEAF_PUBLIC_KEY_BYTES];
static sheaf_buffer signatures[GROUPS][SIGNERS];
static sheaf_bytes key_slices[GROUPS][SIGNERS], signature_slices[GROUPS][SIGNERS];
static sheaf_group groups[GROUPS];
static sheaf_prover *prover;

static void make_groups(void)
{
    for (size_t g = 0; g < GROUPS; g++) {
        groups[g] = (sheaf_group){.slot = 20 - (uint32_t)g, .count = SIGNERS};
        memset(groups[g].message, (int)g, sizeof groups[g].message);
        for (size_t i = 0; i < SIGNERS; i++) {
            uint8_t seed[SHEAF_SEED_BYTES] = {(uint8_t)g, (uint8_t)i};
            SUCCEEDS(sheaf_one_slot_sign(SCHEME, seed, groups[g].slot, groups[g].message, public_keys[g][i],
                                         &signatures[g][i], &error));
            CHECK(signatures[g][i].len == sheaf_signature_bytes(SCHEME));
            key_slices[g][i] = (sheaf_bytes){public_keys[g][i], SHEAF_PUBLIC_KEY_BYTES};
            signature_slices[g][i] = (sheaf_bytes){signatures[g][i].data, signatures[g][i].len};
        }
        groups[g].keys = key_slices[g];
        groups[g].signatures = signature_slices[g];
    }
}

static sheaf_status aggregate(const sheaf_group *list, size_t count, sheaf_buffer *proof, sheaf_error **error)
{
    return sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, list, count, NULL, NULL, proof, error);
}

static void nothing_is_harmless(void)
{
    sheaf_buffer empty = {NULL, 0};
    sheaf_buffer_free(&empty);
    sheaf_buffer_free(NULL);
    sheaf_error_free(NULL);
    sheaf_prover_free(NULL);
    sheaf_signing_key_free(NULL);
    sheaf_prover_release_memory(NULL);
    CHECK(sheaf_prover_threads(NULL) == 0);
    CHECK(sheaf_error_status(NULL) == SHEAF_STATUS_OK);
    CHECK(strcmp(sheaf_error_message(NULL), "") == 0);
    CHECK(sheaf_error_place_count(NULL) == 0);
    CHECK(sheaf_signature_bytes(99) == 0 && sheaf_public_key_bytes(99) == 0);
    CHECK(sheaf_public_key_bytes(SHEAF_SCHEME_PROD) == SHEAF_PUBLIC_KEY_BYTES);
    CHECK(sheaf_public_key_bytes(SHEAF_SCHEME_COMPACT) == SHEAF_COMPACT_PUBLIC_KEY_BYTES);
    CHECK(sheaf_signature_bytes(SHEAF_SCHEME_PROD) == 2536 && sheaf_signature_bytes(SHEAF_SCHEME_COMPACT) == 1208);
    CHECK(strcmp(sheaf_status_name(SHEAF_STATUS_REJECTED), "rejected") == 0);
    CHECK(strcmp(sheaf_status_name(-1), "unknown") == 0);
}

static void bad_arguments_are_errors(const char *directory)
{
    sheaf_buffer proof, out;
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES], seed[SHEAF_SEED_BYTES] = {0};
    const uint8_t *message = groups[0].message, *signature = signatures[0][0].data;
    size_t signature_len = signatures[0][0].len;
    sheaf_signing_key *opened;

    FAILS(INVALID_ARGUMENT, sheaf_prover_new(1, NULL, &error));
    CHECK(sheaf_prover_new(1, NULL, NULL) == SHEAF_STATUS_INVALID_ARGUMENT);

    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(NULL, SCHEME, PROOF, RATE, groups, 1, NULL, NULL, &proof, &error));
    CHECK(proof.data == NULL && proof.len == 0);
    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(prover, 99, PROOF, RATE, groups, 1, NULL, NULL, &proof, &error));
    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(prover, SCHEME + 256, PROOF, RATE, groups, 1, NULL, NULL, &proof, &error));
    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(prover, SCHEME, 3, RATE, groups, 1, NULL, NULL, &proof, &error));
    FAILS(INVALID_ARGUMENT, sheaf_aggregate(prover, SCHEME, 0, groups, 1, NULL, NULL, &proof, &error));
    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(prover, SCHEME, PROOF, 0, groups, 1, NULL, NULL, &proof, &error));
    FAILS(INVALID_ARGUMENT, sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, groups, 1, NULL, NULL, NULL, &error));
    FAILS(INVALID_ARGUMENT, aggregate(NULL, 1, &proof, &error));
    FAILS(INVALID_ARGUMENT, aggregate(groups, SIZE_MAX, &proof, &error));
    FAILS(INVALID_ARGUMENT, aggregate(groups, SIZE_MAX / sizeof(sheaf_group) + 2, &proof, &error));
    FAILS(INVALID_ARGUMENT, aggregate((const sheaf_group *)((const char *)groups + 1), 1, &proof, &error));
    FAILS(CLAIMS, aggregate(groups, 0, &proof, &error));
    FAILS(CLAIMS, aggregate(NULL, 0, &proof, &error));

    sheaf_group bad = groups[0];
    bad.keys = NULL;
    FAILS(INVALID_ARGUMENT, aggregate(&bad, 1, &proof, &error));
    bad = groups[0];
    bad.signatures = NULL;
    FAILS(INVALID_ARGUMENT, aggregate(&bad, 1, &proof, &error));
    bad = groups[0];
    bad.count = SIZE_MAX;
    FAILS(CLAIMS, aggregate(&bad, 1, &proof, &error));
    bad.count = SHEAF_MAX_SIGNATURES + 1;
    FAILS(CLAIMS, sheaf_verify(SCHEME, &bad, 1, signature, 8, &error));
    sheaf_bytes slices[SIGNERS];
    memcpy(slices, signature_slices[0], sizeof slices);
    bad = groups[0];
    bad.signatures = slices;
    slices[1].data = NULL;
    FAILS(INVALID_ARGUMENT, aggregate(&bad, 1, &proof, &error));
    slices[1] = (sheaf_bytes){signature, SIZE_MAX};
    FAILS(INVALID_ARGUMENT, aggregate(&bad, 1, &proof, &error));

    FAILS(INVALID_ARGUMENT, sheaf_verify(SCHEME, groups, 1, NULL, 8, &error));
    FAILS(INVALID_ARGUMENT, sheaf_verify(SCHEME, groups, 1, signature, SIZE_MAX, &error));
    FAILS(INVALID_ARGUMENT, sheaf_verify(0, groups, 1, signature, 8, &error));
    FAILS(FORMAT, sheaf_verify(SCHEME, groups, 1, NULL, 0, &error));
    FAILS(FORMAT, sheaf_verify(SCHEME, groups, 1, signature, signature_len, &error));

    FAILS(INVALID_ARGUMENT,
          sheaf_verify_signature(SCHEME, NULL, 20, message, signature, signature_len, &error));
    FAILS(INVALID_ARGUMENT,
          sheaf_verify_signature(SCHEME, public_keys[0][0], 20, NULL, signature, signature_len, &error));
    FAILS(INVALID_ARGUMENT,
          sheaf_verify_signature(SCHEME, public_keys[0][0], 20, message, NULL, signature_len, &error));
    FAILS(MALFORMED,
          sheaf_verify_signature(SCHEME, public_keys[0][0], 20, message, signature, signature_len - 1, &error));
    FAILS(INVALID_SIGNATURE,
          sheaf_verify_signature(SCHEME, public_keys[0][1], 20, message, signature, signature_len, &error));
    FAILS(INVALID_SIGNATURE,
          sheaf_verify_signature(SCHEME, public_keys[0][0], 300, message, signature, signature_len, &error));
    SUCCEEDS(sheaf_verify_signature(SCHEME, public_keys[0][0], 20, message, signature, signature_len, &error));

    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(SCHEME, NULL, 1, message, key, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(SCHEME, seed, 1, NULL, key, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(SCHEME, seed, 1, message, NULL, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(SCHEME, seed, 1, message, key, NULL, &error));
    FAILS(SLOT_UNAVAILABLE, sheaf_one_slot_sign(SCHEME, seed, 256, message, key, &out, &error));

    /* All results are defined, whichever of them is refused. */
    uint64_t end = 1;
    key[0] = 1;
    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(SCHEME, seed, 1, message, key, NULL, &error));
    CHECK(key[0] == 0);
    key[0] = 1;
    FAILS(INVALID_ARGUMENT, sheaf_keygen(prover, SCHEME, 0, 1, NULL, NULL, key, NULL, &error));
    CHECK(key[0] == 0);
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_active(NULL, NULL, &end, &error));
    CHECK(end == 0);

    FAILS(INVALID_ARGUMENT, sheaf_keygen(NULL, SCHEME, 0, 1, NULL, NULL, key, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_keygen(prover, SCHEME, 0, 1, NULL, NULL, NULL, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_keygen(prover, SCHEME, 0, 1, NULL, NULL, key, NULL, &error));
    FAILS(INVALID_ARGUMENT, sheaf_keygen(prover, SCHEME, 0, 0, NULL, NULL, key, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_keygen(prover, SCHEME, UINT32_MAX, UINT64_MAX, NULL, NULL, key, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_journal_create(SCHEME, key, NULL, &error));
    FAILS(INVALID_ARGUMENT, sheaf_journal_create(SCHEME, NULL, directory, &error));
    FAILS(JOURNAL_EXISTS, sheaf_journal_create(SCHEME, key, directory, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_open(prover, SCHEME, NULL, 5, directory, &opened, &error));
    FAILS(MALFORMED, sheaf_signing_key_open(prover, SCHEME, seed, sizeof seed, directory, &opened, &error));
    CHECK(opened == NULL);
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_open(prover, SCHEME, seed, sizeof seed, NULL, &opened, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_sign(NULL, 1, message, &out, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_public_key(NULL, key, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_advance(NULL, NULL, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_bytes(NULL, &out, &error));
}

static void errors_say_where(void)
{
    sheaf_buffer proof;
    sheaf_group list[GROUPS];
    sheaf_bytes keys[SIGNERS], slices[SIGNERS];
    memcpy(list, groups, sizeof list);
    memcpy(keys, key_slices[1], sizeof keys);
    memcpy(slices, signature_slices[1], sizeof slices);
    list[1].keys = keys;
    list[1].signatures = slices;

    slices[0] = slices[2];
    slices[1] = slices[2];
    FAILS_AT(INVALID_SIGNATURE, aggregate(list, GROUPS, &proof, &error), 2, {1, 0}, {1, 1});
    slices[1].len--;
    keys[2].data++;
    FAILS_AT(MALFORMED, aggregate(list, GROUPS, &proof, &error), 2, {1, 1}, {1, 2});
    FAILS_AT(MALFORMED, sheaf_verify(SCHEME, list, GROUPS, NULL, 0, &error), 1, {1, 2});
    keys[2] = keys[1];
    slices[1] = signature_slices[1][1];
    FAILS_AT(CLAIMS, aggregate(list, GROUPS, &proof, &error), 2, {1, 1}, {1, 2});
    list[0] = groups[1];
    list[1] = groups[1];
    FAILS_AT(CLAIMS, aggregate(list, GROUPS, &proof, &error), 2, {0, SHEAF_WHOLE_GROUP}, {1, SHEAF_WHOLE_GROUP});
    list[1].count = 0;
    FAILS_AT(CLAIMS, aggregate(list, GROUPS, &proof, &error), 1, {1, SHEAF_WHOLE_GROUP});
    list[1] = groups[1];
    list[1].slot = 256;
    FAILS_AT(CLAIMS, aggregate(list, GROUPS, &proof, &error), 1, {1, SHEAF_WHOLE_GROUP});
}

static void proofs_are_of_their_claims(void)
{
    sheaf_buffer proof, other;
    SUCCEEDS(aggregate(groups, GROUPS, &proof, &error));
    SUCCEEDS(sheaf_verify(SCHEME, groups, GROUPS, proof.data, proof.len, &error));
    CHECK(sheaf_verify(SCHEME, groups, GROUPS, proof.data, proof.len, NULL) == SHEAF_STATUS_OK);

    /* Neither order nor threads change a byte. */
    sheaf_group reversed[GROUPS] = {groups[1], groups[0]};
    sheaf_prover *single;
    SUCCEEDS(sheaf_prover_new(1, &single, &error));
    CHECK(sheaf_prover_threads(single) == 1);
    SUCCEEDS(sheaf_aggregate_as(single, SCHEME, PROOF, RATE, reversed, GROUPS, NULL, NULL, &other, &error));
    sheaf_prover_free(single);
    CHECK(other.len == proof.len && memcmp(other.data, proof.data, proof.len) == 0);
    SUCCEEDS(sheaf_verify(SCHEME, reversed, GROUPS, proof.data, proof.len, &error));

    FAILS(REJECTED, sheaf_verify(SCHEME, groups, 1, proof.data, proof.len, &error));
    reversed[0].slot++;
    FAILS(REJECTED, sheaf_verify(SCHEME, reversed, GROUPS, proof.data, proof.len, &error));
    FAILS(REJECTED, sheaf_verify(SHEAF_SCHEME_PROD, groups, GROUPS, proof.data, proof.len, &error));
    FAILS(REJECTED, sheaf_verify(SCHEME, groups, GROUPS, proof.data, proof.len - 4, &error));
    for (size_t at = 8; at < proof.len; at += proof.len / 50) {
        other.data[at] ^= 1;
        FAILS(REJECTED, sheaf_verify(SCHEME, groups, GROUPS, other.data, other.len, &error));
        other.data[at] ^= 1;
    }
    sheaf_buffer_free(&other);
    sheaf_buffer_free(&other);
    sheaf_buffer_free(&proof);
    CHECK(proof.data == NULL);
}

/* Few signatures are a list of them, unless a proof is asked for. */
static void lists_take_the_place_of_proofs(void)
{
    enum { HEADER = 8, KIND = 7 };
    sheaf_buffer list, other, proof;
    size_t each = sheaf_signature_bytes(SCHEME);
    SUCCEEDS(sheaf_aggregate(prover, SCHEME, RATE, groups, GROUPS, NULL, NULL, &list, &error));
    SUCCEEDS(sheaf_aggregate_as(prover, SCHEME, SHEAF_FORM_RAW, RATE, groups, GROUPS, NULL, NULL, &other, &error));
    SUCCEEDS(aggregate(groups, GROUPS, &proof, &error));
    CHECK(list.len == HEADER + GROUPS * SIGNERS * each && list.data[KIND] == 0);
    CHECK(list.len == other.len && memcmp(list.data, other.data, list.len) == 0);
    CHECK(list.len < proof.len && proof.data[KIND] == 1);
    SUCCEEDS(sheaf_verify(SCHEME, groups, GROUPS, list.data, list.len, &error));

    FAILS(REJECTED, sheaf_verify(SCHEME, groups, 1, list.data, list.len, &error));
    FAILS(FORMAT, sheaf_verify(SCHEME, groups, GROUPS, list.data, list.len - 1, &error));
    /* Groups ascend by slot in a list, and here they descend: the first signature is one of the second group. */
    other.data[HEADER + each / 2] ^= 1;
    sheaf_error *error = NULL;
    CHECK(sheaf_verify(SCHEME, groups, GROUPS, other.data, other.len, &error) == SHEAF_STATUS_REJECTED);
    CHECK(sheaf_error_place_count(error) == 1);
    sheaf_place place = sheaf_error_place(error, 0);
    CHECK(place.group == 1 && place.index < SIGNERS);
    sheaf_error_free(error);

    sheaf_group swapped = groups[0];
    const sheaf_bytes wrong[] = {signature_slices[0][0], signature_slices[0][2], signature_slices[0][1]};
    swapped.signatures = wrong;
    FAILS_AT(INVALID_SIGNATURE,
             sheaf_aggregate(prover, SCHEME, RATE, &swapped, 1, NULL, NULL, &(sheaf_buffer){0}, &error), 2, {0, 1},
             {0, 2});
    sheaf_buffer_free(&list);
    sheaf_buffer_free(&other);
    sheaf_buffer_free(&proof);
}

/* The number of queries is computed in floating point. How the program rounds is no concern of it. */
static void rounding_does_not_matter(void)
{
    const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    sheaf_buffer proof, other;
    SUCCEEDS(aggregate(groups, GROUPS, &proof, &error));
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        /* The threads of a prover round as the one that starts them. */
        sheaf_prover *rounding;
        CHECK(fesetround(modes[m]) == 0);
        SUCCEEDS(sheaf_prover_new(1, &rounding, &error));
        SUCCEEDS(sheaf_aggregate_as(rounding, SCHEME, PROOF, RATE, groups, GROUPS, NULL, NULL, &other, &error));
        SUCCEEDS(sheaf_verify(SCHEME, groups, GROUPS, proof.data, proof.len, &error));
        CHECK(fesetround(FE_TONEAREST) == 0);
        sheaf_prover_free(rounding);
        CHECK(other.len == proof.len && memcmp(other.data, proof.data, proof.len) == 0);
        sheaf_buffer_free(&other);
    }
    sheaf_buffer_free(&proof);
}

struct watch {
    uint64_t stop, calls, last;
};

static int watch(void *user_data, const sheaf_progress *progress)
{
    struct watch *watch = user_data;
    CHECK(strlen(progress->phase) > 0 && progress->done <= progress->total);
    CHECK(watch->calls == 0 || progress->done > watch->last);
    watch->last = progress->done;
    return watch->calls++ == watch->stop ? -1 : 0;
}

static int refuse_to_wait(void *user_data, const sheaf_progress *progress)
{
    uint64_t *calls = user_data;
    ++*calls;
    CHECK(progress->waiting && strcmp(progress->phase, "waiting") == 0 && progress->done == 0 && progress->total > 0);
    return 1;
}

static void *come_second(void *calls)
{
    sheaf_buffer out;
    sheaf_error *failure;
    sheaf_status status =
        sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, groups, 1, refuse_to_wait, calls, &out, &failure);
    CHECK(status == SHEAF_STATUS_CANCELLED && out.data == NULL);
    sheaf_error_free(failure);
    return NULL;
}

static int come_first(void *user_data, const sheaf_progress *progress)
{
    CHECK(!progress->waiting);
    pthread_t second;
    if (progress->done == 1) {
        CHECK(pthread_create(&second, NULL, come_second, user_data) == 0);
        CHECK(pthread_join(second, NULL) == 0);
    }
    return 0;
}

static void proofs_wait_for_one_another_and_may_be_cancelled_meanwhile(void)
{
    sheaf_buffer out;
    uint64_t calls = 0;
    SUCCEEDS(sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, groups, 1, come_first, &calls, &out, &error));
    sheaf_buffer_free(&out);
    CHECK(calls == 1);
}

static void observers_may_cancel(void)
{
    sheaf_buffer out;
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES];
    struct watch all = {UINT64_MAX, 0, 0};
    SUCCEEDS(sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, groups, 1, watch, &all, &out, &error));
    sheaf_buffer_free(&out);
    CHECK(all.calls > 1);
    for (uint64_t stop = 0; stop < all.calls; stop++) {
        struct watch some = {stop, 0, 0};
        FAILS(CANCELLED, sheaf_aggregate_as(prover, SCHEME, PROOF, RATE, groups, 1, watch, &some, &out, &error));
        CHECK(some.calls == stop + 1 && out.data == NULL);
    }
    all = (struct watch){UINT64_MAX, 0, 0};
    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 256, watch, &all, key, &out, &error));
    CHECK(all.last == 256);
    sheaf_buffer_free(&out);
    struct watch some = {2, 0, 0};
    FAILS(CANCELLED, sheaf_keygen(prover, SCHEME, 0, 256, watch, &some, key, &out, &error));
    CHECK(some.calls == 3);
}

/* Keys of other sizes: no byte more is written, and any range of slots is possible. */
static void compact_keys_are_short(const char *directory)
{
    enum { COMPACT = SHEAF_SCHEME_COMPACT_TEST, LEN = SHEAF_COMPACT_PUBLIC_KEY_BYTES };
    char journal[4096];
    snprintf(journal, sizeof journal, "%s/interface-compact.journal", directory);
    uint8_t key[LEN + 8], same[LEN + 8], untouched[8];
    memset(key, 0x5a, sizeof key);
    memset(same, 0x5a, sizeof same);
    memset(untouched, 0x5a, sizeof untouched);
    const uint8_t *message = groups[0].message, *another = groups[1].message;
    sheaf_buffer secret, signature, again;
    sheaf_signing_key *opened;
    uint64_t first, end;
    bool advanced;

    SUCCEEDS(sheaf_keygen(prover, COMPACT, 40, 100, NULL, NULL, key, &secret, &error));
    CHECK(memcmp(key + LEN, untouched, sizeof untouched) == 0 && memcmp(key, same, LEN) != 0);
    SUCCEEDS(sheaf_journal_create(COMPACT, key, journal, &error));
    FAILS(MALFORMED, sheaf_signing_key_open(prover, SCHEME, secret.data, secret.len, journal, &opened, &error));
    SUCCEEDS(sheaf_signing_key_open(prover, COMPACT, secret.data, secret.len, journal, &opened, &error));
    SUCCEEDS(sheaf_signing_key_public_key(opened, same, &error));
    CHECK(memcmp(key, same, sizeof key) == 0);
    SUCCEEDS(sheaf_signing_key_active(opened, &first, &end, &error));
    CHECK(first == 40 && end == 140);

    /* No window has been kept. */
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == end);
    SUCCEEDS(sheaf_signing_key_sign(opened, 139, message, &signature, &error));
    CHECK(signature.len == sheaf_signature_bytes(COMPACT));
    SUCCEEDS(sheaf_verify_signature(COMPACT, key, 139, message, signature.data, signature.len, &error));
    FAILS(INVALID_SIGNATURE, sheaf_verify_signature(COMPACT, key, 138, message, signature.data, signature.len, &error));
    FAILS(SLOT_USED, sheaf_signing_key_sign(opened, 139, another, &again, &error));
    FAILS(SLOT_UNAVAILABLE, sheaf_signing_key_sign(opened, 140, message, &again, &error));
    SUCCEEDS(sheaf_signing_key_sign(opened, 40, message, &again, &error));
    sheaf_buffer_free(&again);
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 40 && end == 48);
    SUCCEEDS(sheaf_signing_key_advance(opened, &advanced, &error));
    CHECK(advanced);
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 40 && end == 64);
    SUCCEEDS(sheaf_signing_key_bytes(opened, &again, &error));
    CHECK(again.len == secret.len && memcmp(again.data, secret.data, secret.len) == 0);
    sheaf_buffer_free(&again);
    sheaf_signing_key_free(opened);
    sheaf_buffer_free(&secret);
    sheaf_buffer_free(&signature);

    /* A key for one signature. */
    uint8_t seed[SHEAF_SEED_BYTES] = {7};
    memset(key, 0x5a, sizeof key);
    SUCCEEDS(sheaf_one_slot_sign(SHEAF_SCHEME_COMPACT, seed, 7, message, key, &signature, &error));
    CHECK(memcmp(key + LEN, untouched, sizeof untouched) == 0);
    SUCCEEDS(sheaf_verify_signature(SHEAF_SCHEME_COMPACT, key, 7, message, signature.data, signature.len, &error));
    sheaf_buffer_free(&signature);
    FAILS(INVALID_ARGUMENT, sheaf_one_slot_sign(99, seed, 7, message, key, &signature, &error));
    CHECK(signature.data == NULL);
}

/* The same calls prove and verify signatures of either size. */
static void compact_signatures_are_aggregated(uint8_t scheme)
{
    enum { LEN = SHEAF_COMPACT_PUBLIC_KEY_BYTES };
    uint8_t keys[SIGNERS][LEN];
    sheaf_buffer made[SIGNERS], proof;
    sheaf_bytes key_list[SIGNERS], signature_list[SIGNERS];
    sheaf_group group = {.slot = 7, .count = SIGNERS, .keys = key_list, .signatures = signature_list};
    memset(group.message, 3, sizeof group.message);
    for (size_t i = 0; i < SIGNERS; i++) {
        uint8_t seed[SHEAF_SEED_BYTES] = {9, (uint8_t)i};
        SUCCEEDS(sheaf_one_slot_sign(scheme, seed, group.slot, group.message, keys[i], &made[i], &error));
        key_list[i] = (sheaf_bytes){keys[i], LEN};
        signature_list[i] = (sheaf_bytes){made[i].data, made[i].len};
    }
    SUCCEEDS(sheaf_aggregate_as(prover, scheme, PROOF, RATE, &group, 1, NULL, NULL, &proof, &error));
    SUCCEEDS(sheaf_verify(scheme, &group, 1, proof.data, proof.len, &error));

    group.slot = 8;
    FAILS(REJECTED, sheaf_verify(scheme, &group, 1, proof.data, proof.len, &error));
    group.slot = 7;
    group.count--;
    FAILS(REJECTED, sheaf_verify(scheme, &group, 1, proof.data, proof.len, &error));
    group.count++;
    /* Keys of the other scheme are longer. */
    FAILS(MALFORMED, sheaf_verify(SCHEME, &group, 1, proof.data, proof.len, &error));
    sheaf_buffer_free(&proof);
    made[1].data[0] ^= 1;
    FAILS_AT(INVALID_SIGNATURE, sheaf_aggregate_as(prover, scheme, PROOF, RATE, &group, 1, NULL, NULL, &proof, &error), 1,
             {0, 1});
    for (size_t i = 0; i < SIGNERS; i++) sheaf_buffer_free(&made[i]);
}

static void keys_have_journals(const char *directory)
{
    char journal[4096], other_journal[4096], nowhere[4096];
    snprintf(journal, sizeof journal, "%s/interface.journal", directory);
    snprintf(other_journal, sizeof other_journal, "%s/interface-other.journal", directory);
    snprintf(nowhere, sizeof nowhere, "%s/none/interface.journal", directory);
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES], same[SHEAF_PUBLIC_KEY_BYTES], other[SHEAF_PUBLIC_KEY_BYTES];
    const uint8_t *message = groups[0].message, *another = groups[1].message;
    sheaf_buffer secret, signature, again;
    sheaf_signing_key *opened, *second;
    uint64_t first, end;
    bool advanced;

    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 64, NULL, NULL, other, &secret, &error));
    sheaf_buffer_free(&secret);
    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 64, NULL, NULL, key, &secret, &error));
    CHECK(memcmp(key, other, sizeof key) != 0);

#define OPEN(path, place) sheaf_signing_key_open(prover, SCHEME, secret.data, secret.len, path, place, &error)
    FAILS(JOURNAL_MISSING, OPEN(journal, &opened));
    FAILS(JOURNAL, sheaf_journal_create(SCHEME, key, nowhere, &error));
    SUCCEEDS(sheaf_journal_create(SCHEME, key, journal, &error));
    FAILS(JOURNAL_EXISTS, sheaf_journal_create(SCHEME, key, journal, &error));
    SUCCEEDS(sheaf_journal_create(SCHEME, other, other_journal, &error));
    FAILS(JOURNAL, OPEN(other_journal, &opened));

    SUCCEEDS(OPEN(journal, &opened));
    FAILS(JOURNAL_LOCKED, OPEN(journal, &second));
    SUCCEEDS(sheaf_signing_key_public_key(opened, same, &error));
    CHECK(memcmp(key, same, sizeof key) == 0);
    SUCCEEDS(sheaf_signing_key_active(opened, &first, &end, &error));
    CHECK(first == 0 && end == 64);
    SUCCEEDS(sheaf_signing_key_sign(opened, 3, message, &signature, &error));
    SUCCEEDS(sheaf_verify_signature(SCHEME, key, 3, message, signature.data, signature.len, &error));
    FAILS(SLOT_USED, sheaf_signing_key_sign(opened, 3, another, &again, &error));
    FAILS(SLOT_UNAVAILABLE, sheaf_signing_key_sign(opened, 64, message, &again, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_sign(opened, 4, NULL, &again, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_sign(opened, 4, message, NULL, &error));

    SUCCEEDS(sheaf_signing_key_advance(opened, &advanced, &error));
    CHECK(advanced);
    SUCCEEDS(sheaf_signing_key_advance(opened, NULL, &error));
    SUCCEEDS(sheaf_signing_key_advance(opened, &advanced, &error));
    CHECK(!advanced);
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 32 && end == 64);
    /* The window moves back to a slot that it has passed. */
    SUCCEEDS(sheaf_signing_key_sign(opened, 3, message, &again, &error));
    CHECK(again.len == signature.len && memcmp(again.data, signature.data, again.len) == 0);
    sheaf_buffer_free(&again);
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 0 && end == 32);
    SUCCEEDS(sheaf_signing_key_skip_to(opened, 63, &error));
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 32 && end == 64);
    FAILS(SLOT_UNAVAILABLE, sheaf_signing_key_skip_to(opened, 64, &error));
    FAILS(INVALID_ARGUMENT, sheaf_signing_key_skip_to(NULL, 3, &error));
    sheaf_signing_key_free(opened);

    /* Opened again from the old bytes, the key remembers its slot, and signs it for the same message only. */
    SUCCEEDS(OPEN(journal, &opened));
    SUCCEEDS(sheaf_signing_key_sign(opened, 3, message, &again, &error));
    CHECK(again.len == signature.len && memcmp(again.data, signature.data, again.len) == 0);
    sheaf_buffer_free(&again);
    FAILS(SLOT_USED, sheaf_signing_key_sign(opened, 3, another, &again, &error));

    /* Signing beyond the window moves it, and the bytes keep it. */
    sheaf_buffer_free(&secret);
    SUCCEEDS(sheaf_signing_key_sign(opened, 63, message, &again, &error));
    sheaf_buffer_free(&again);
    SUCCEEDS(sheaf_signing_key_bytes(opened, &secret, &error));
    sheaf_signing_key_free(opened);
    SUCCEEDS(OPEN(journal, &opened));
    SUCCEEDS(sheaf_signing_key_window(opened, &first, &end, &error));
    CHECK(first == 32 && end == 64);
    sheaf_signing_key_free(opened);
    sheaf_buffer_free(&secret);
    sheaf_buffer_free(&signature);
}

/* A child that is forked off neither signs with its parent's key nor unlocks it, and does not wait for threads it has not. */
static void children_leave_handles_alone(const char *directory)
{
    char journal[4096];
    snprintf(journal, sizeof journal, "%s/interface-fork.journal", directory);
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES];
    const uint8_t *message = groups[0].message, *another = groups[1].message;
    sheaf_buffer secret, out;
    sheaf_signing_key *opened, *second;
    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 64, NULL, NULL, key, &secret, &error));
    SUCCEEDS(sheaf_journal_create(SCHEME, key, journal, &error));
    SUCCEEDS(OPEN(journal, &opened));

    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(60);
        FAILS(JOURNAL_LOCKED, sheaf_signing_key_sign(opened, 3, another, &out, &error));
        FAILS(JOURNAL_LOCKED, sheaf_signing_key_advance(opened, NULL, &error));
        FAILS(JOURNAL_LOCKED, sheaf_signing_key_bytes(opened, &out, &error));
        FAILS(THREADS, aggregate(groups, 1, &out, &error));
        FAILS(THREADS, sheaf_keygen(prover, SCHEME, 0, 64, NULL, NULL, key, &out, &error));
        FAILS(THREADS, OPEN(journal, &second));
        CHECK(sheaf_prover_threads(prover) == 2);
        sheaf_prover_release_memory(prover);
        sheaf_signing_key_free(opened);
        sheaf_prover_free(prover);
        /* With handles of its own it can do everything, but the parent has the journal, even now. */
        SUCCEEDS(sheaf_prover_new(2, &prover, &error));
        SUCCEEDS(aggregate(groups, 1, &out, &error));
        FAILS(JOURNAL_LOCKED, OPEN(journal, &second));
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

    FAILS(JOURNAL_LOCKED, OPEN(journal, &second));
    SUCCEEDS(sheaf_signing_key_sign(opened, 3, message, &out, &error));
    sheaf_buffer_free(&out);
    sheaf_signing_key_free(opened);
    SUCCEEDS(OPEN(journal, &opened));
    sheaf_signing_key_free(opened);
    sheaf_buffer_free(&secret);
}

/* Files that are no files, and descriptors that others print to. */
static void journals_are_regular_files(const char *directory)
{
    char journal[4096], pipe[4096];
    snprintf(journal, sizeof journal, "%s/interface-closed.journal", directory);
    snprintf(pipe, sizeof pipe, "%s/interface.pipe", directory);
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer secret, signature;
    sheaf_signing_key *opened;
    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 64, NULL, NULL, key, &secret, &error));
    CHECK(mkfifo(pipe, 0600) == 0);
    alarm(60);
    FAILS(JOURNAL, OPEN(pipe, &opened));
    alarm(0);

    /* A daemon has closed its input, and something reads or writes there all the same. */
    int input = dup(0);
    close(0);
    SUCCEEDS(sheaf_journal_create(SCHEME, key, journal, &error));
    SUCCEEDS(OPEN(journal, &opened));
    CHECK(write(0, journal, sizeof journal) == -1);
    if (input >= 0) {
        CHECK(dup2(input, 0) == 0);
        close(input);
    }
    SUCCEEDS(sheaf_signing_key_sign(opened, 3, groups[0].message, &signature, &error));
    sheaf_buffer_free(&signature);
    sheaf_signing_key_free(opened);
    SUCCEEDS(OPEN(journal, &opened));
    sheaf_signing_key_free(opened);
    sheaf_buffer_free(&secret);
}

static sheaf_buffer expected;
static sheaf_signing_key *shared_key;

static void *work_beside_others(void *argument)
{
    uint32_t slot = *(const uint32_t *)argument;
    sheaf_buffer proof, signature;
    SUCCEEDS(aggregate(groups, GROUPS, &proof, &error));
    CHECK(proof.len == expected.len && memcmp(proof.data, expected.data, proof.len) == 0);
    SUCCEEDS(sheaf_verify(SCHEME, groups, GROUPS, proof.data, proof.len, &error));
    SUCCEEDS(sheaf_signing_key_sign(shared_key, slot, groups[0].message, &signature, &error));
    sheaf_prover_release_memory(prover);
    sheaf_buffer_free(&signature);
    sheaf_buffer_free(&proof);
    return NULL;
}

static void handles_are_shared(const char *directory)
{
    char journal[4096];
    snprintf(journal, sizeof journal, "%s/interface-shared.journal", directory);
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer secret;
    SUCCEEDS(sheaf_keygen(prover, SCHEME, 0, 32, NULL, NULL, key, &secret, &error));
    SUCCEEDS(sheaf_journal_create(SCHEME, key, journal, &error));
    SUCCEEDS(OPEN(journal, &shared_key));
    sheaf_buffer_free(&secret);
    SUCCEEDS(aggregate(groups, GROUPS, &expected, &error));

    pthread_t threads[4];
    uint32_t slots[4] = {5, 6, 5, 7};
    for (size_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, work_beside_others, &slots[i]) == 0);
    for (size_t i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);

    sheaf_buffer_free(&expected);
    /* The prover may go first. */
    sheaf_prover_free(prover);
    sheaf_buffer signature;
    SUCCEEDS(sheaf_signing_key_sign(shared_key, 8, groups[0].message, &signature, &error));
    sheaf_buffer_free(&signature);
    sheaf_signing_key_free(shared_key);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    /* A setting for other programs of Rust, which would make the stacks of the prover too small. */
    CHECK(setenv("RUST_MIN_STACK", "65536", 1) == 0);
    nothing_is_harmless();
    make_groups();
    SUCCEEDS(sheaf_prover_new(2, &prover, &error));
    CHECK(sheaf_prover_threads(prover) == 2);
    bad_arguments_are_errors(argv[1]);
    errors_say_where();
    proofs_are_of_their_claims();
    lists_take_the_place_of_proofs();
    observers_may_cancel();
    proofs_wait_for_one_another_and_may_be_cancelled_meanwhile();
    rounding_does_not_matter();
    keys_have_journals(argv[1]);
    compact_keys_are_short(argv[1]);
    compact_signatures_are_aggregated(SHEAF_SCHEME_COMPACT_TEST);
    compact_signatures_are_aggregated(SHEAF_SCHEME_COMPACT);
    children_leave_handles_alone(argv[1]);
    journals_are_regular_files(argv[1]);
    handles_are_shared(argv[1]);
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < SIGNERS; i++)
            sheaf_buffer_free(&signatures[g][i]);
    printf("the interface behaves\n");
    return 0;
}
