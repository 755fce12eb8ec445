/*
 * A key with real parameters, from the making of it to a proof.
 *
 *     real_key DIRECTORY
 */
#define _POSIX_C_SOURCE 200809L
#include <sheaf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The smallest key: two bottom trees of 2^16 slots. */
#define SLOTS (UINT64_C(1) << 17)

static sheaf_error *error;

static void require(const char *what, sheaf_status status)
{
    if (status == SHEAF_STATUS_OK)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, sheaf_status_name(status), sheaf_error_message(error));
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Counts the calls, and checks that they tell of progress. */
static int watch(void *user_data, const sheaf_progress *progress)
{
    uint64_t *done = user_data;
    if (progress->done < *done || progress->done > progress->total) {
        fprintf(stderr, "%llu after %llu of %llu %s\n", (unsigned long long)progress->done, (unsigned long long)*done,
                (unsigned long long)progress->total, progress->phase);
        exit(1);
    }
    *done = progress->done;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    const sheaf_scheme scheme = SHEAF_SCHEME_PROD;
    char journal[4096];
    snprintf(journal, sizeof journal, "%s/real.journal", argv[1]);
    sheaf_prover *prover;
    require("prover", sheaf_prover_new(0, &prover, &error));

    uint8_t key[SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer secret, signature, proof;
    uint64_t done = 0;
    double start = now();
    require("keygen", sheaf_keygen(prover, scheme, 0, SLOTS, watch, &done, key, &secret, &error));
    printf("a key for %llu slots in %.1f s\n", (unsigned long long)SLOTS, now() - start);
    if (done < SLOTS) {
        fprintf(stderr, "only %llu leaves were reported\n", (unsigned long long)done);
        return 1;
    }

    sheaf_signing_key *signer;
    require("journal", sheaf_journal_create(scheme, key, journal, &error));
    require("open", sheaf_signing_key_open(prover, scheme, secret.data, secret.len, journal, &signer, &error));
    sheaf_group group = {.slot = SLOTS - 1, .count = 1};
    memset(group.message, 3, sizeof group.message);
    require("sign", sheaf_signing_key_sign(signer, group.slot, group.message, &signature, &error));
    require("verify the signature",
            sheaf_verify_signature(scheme, key, group.slot, group.message, signature.data, signature.len, &error));

    group.keys = &(sheaf_bytes){key, sizeof key};
    group.signatures = &(sheaf_bytes){signature.data, signature.len};
    require("aggregate", sheaf_aggregate_as(prover, scheme, SHEAF_FORM_PROOF, SHEAF_RATE_HALF, &group, 1, NULL, NULL, &proof, &error));
    group.signatures = NULL;
    require("verify", sheaf_verify(scheme, &group, 1, proof.data, proof.len, &error));
    printf("a valid proof of %zu bytes\n", proof.len);

    sheaf_buffer_free(&proof);
    sheaf_buffer_free(&signature);
    sheaf_buffer_free(&secret);
    sheaf_signing_key_free(signer);
    sheaf_prover_free(prover);
    return 0;
}
