/*
 * Makes signers, signs, aggregates, verifies, and sees forgeries rejected. C11, and C++11 as well.
 *
 *     export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
 *     cc aggregate.c $(pkg-config --cflags --libs sheaf) -Wl,-rpath,"$PREFIX/lib" -o aggregate
 *     ./aggregate DIRECTORY
 *
 * PREFIX is where bindings/c/build has installed the library; the run path lets the program find it there. DIRECTORY is
 * where the journals of the keys go; it must exist, and hold none yet.
 */
#define _POSIX_C_SOURCE 200809L
#include <sheaf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIGNERS 3

/*
 * Ends the program with the library's own words unless a call has succeeded. The error is passed by its address: the call is
 * an argument as well, and C leaves open which argument is evaluated first.
 */
static void require(const char *what, sheaf_status status, sheaf_error *const *error)
{
    if (status == SHEAF_STATUS_OK)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, sheaf_status_name(status), sheaf_error_message(*error));
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Cancels the proof once the deadline has passed. */
static int until_deadline(void *user_data, const sheaf_progress *progress)
{
    const double *deadline = (const double *)user_data;
    printf("  %d/%d %s\n", (int)progress->done, (int)progress->total, progress->phase);
    return now() > *deadline;
}

/* Makes a key and its journal, and signs. A real signer makes its key once, and stores `secret` between the two. */
static sheaf_buffer sign(const sheaf_prover *prover, const char *journal, uint32_t slot, const uint8_t *message,
                         uint8_t *public_key)
{
    sheaf_error *error = NULL;
    sheaf_buffer secret, signature, refused;
    sheaf_signing_key *key;

    /* TEST keys take no time to make and give no security. */
    require("keygen",
            sheaf_keygen(prover, SHEAF_SCHEME_TEST, 0, 32, NULL, NULL, public_key, &secret, &error), &error);
    require("journal", sheaf_journal_create(SHEAF_SCHEME_TEST, public_key, journal, &error), &error);

    require("open",
            sheaf_signing_key_open(prover, SHEAF_SCHEME_TEST, secret.data, secret.len, journal, &key, &error), &error);
    sheaf_buffer_free(&secret);
    require("sign", sheaf_signing_key_sign(key, slot, message, &signature, &error), &error);

    /* No slot is ever signed twice. */
    uint8_t other[SHEAF_MESSAGE_BYTES] = {9};
    if (sheaf_signing_key_sign(key, slot, other, &refused, NULL) != SHEAF_STATUS_SLOT_USED)
        exit(1);
    sheaf_signing_key_free(key);
    return signature;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    sheaf_build build = sheaf_build_info();
    printf("sheaf %s, built for %s, the CPU has %s\n", build.version, build.simd, build.cpu_simd);

    sheaf_error *error = NULL;
    sheaf_prover *prover;
    require("prover", sheaf_prover_new(2, &prover, &error), &error);

    sheaf_group group;
    group.slot = 7;
    group.count = SIGNERS;
    memset(group.message, 1, sizeof group.message);
    uint8_t public_keys[SIGNERS][SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer signatures[SIGNERS];
    sheaf_bytes key_slices[SIGNERS], signature_slices[SIGNERS];
    for (size_t i = 0; i < SIGNERS; i++) {
        char journal[4096];
        snprintf(journal, sizeof journal, "%s/c-signer-%zu.journal", argv[1], i);
        signatures[i] = sign(prover, journal, group.slot, group.message, public_keys[i]);
        require("verify signature",
                sheaf_verify_signature(SHEAF_SCHEME_TEST, public_keys[i], group.slot, group.message,
                                       signatures[i].data, signatures[i].len, &error),
                &error);
        key_slices[i].data = public_keys[i];
        key_slices[i].len = sizeof public_keys[i];
        signature_slices[i].data = signatures[i].data;
        signature_slices[i].len = signatures[i].len;
    }
    group.keys = key_slices;
    group.signatures = signature_slices;

    /* Few signatures stand for themselves; of more it is a proof. Whoever verifies need not know which. */
    sheaf_buffer proof;
    double deadline = now() + 60;
    require("aggregate",
            sheaf_aggregate(prover, SHEAF_SCHEME_TEST, SHEAF_RATE_HALF, &group, 1, until_deadline, &deadline, &proof,
                            &error),
            &error);
    printf("proof of %d signatures: %zu bytes\n", SIGNERS, proof.len);

    /* The verifier states what it expects: who signed what, and when. None of it is in the proof. */
    sheaf_group claim = group;
    claim.signatures = NULL;
    require("verify", sheaf_verify(SHEAF_SCHEME_TEST, &claim, 1, proof.data, proof.len, &error), &error);
    printf("the proof is valid\n");

    claim.message[31] ^= 1;
    sheaf_status status = sheaf_verify(SHEAF_SCHEME_TEST, &claim, 1, proof.data, proof.len, &error);
    printf("another message: %s\n", sheaf_error_message(error));
    sheaf_error_free(error);
    if (status != SHEAF_STATUS_REJECTED)
        return 1;

    /* An invalid signature is named before anything is proved. */
    sheaf_buffer nothing;
    signature_slices[1] = signature_slices[0];
    status = sheaf_aggregate(prover, SHEAF_SCHEME_TEST, SHEAF_RATE_HALF, &group, 1, NULL, NULL, &nothing, &error);
    sheaf_place place = sheaf_error_place(error, 0);
    printf("a stolen signature: signer %zu of group %zu\n", place.index, place.group);
    if (status != SHEAF_STATUS_INVALID_SIGNATURE || sheaf_error_place_count(error) != 1 || place.group != 0
        || place.index != 1)
        return 1;
    sheaf_error_free(error);

    sheaf_buffer_free(&proof);
    for (size_t i = 0; i < SIGNERS; i++)
        sheaf_buffer_free(&signatures[i]);
    sheaf_prover_free(prover);
    return 0;
}
