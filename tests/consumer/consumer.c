/*
 * The consumer of src/main.rs, in C: writes the same proofs and prints the same facts.
 *
 *     consumer DIRECTORY
 */
#define _POSIX_C_SOURCE 200809L
#include <sheaf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIGNERS 2

/*
 * Ends the program with the library's own words unless a call has succeeded. The error is passed by its address, because it
 * may be evaluated before the call.
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

static void write_file(const char *directory, const char *name, sheaf_buffer content)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(content.data, 1, content.len, file) != content.len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* Proves and verifies for one scheme; adds how long both took. */
static sheaf_buffer round_trip(const sheaf_prover *prover, sheaf_scheme scheme, double *prove, double *verify)
{
    sheaf_error *error = NULL;
    sheaf_group group = {.slot = 7, .count = SIGNERS};
    memset(group.message, 1, sizeof group.message);
    uint8_t public_keys[SIGNERS][SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer signatures[SIGNERS];
    sheaf_bytes keys[SIGNERS], slices[SIGNERS];
    for (size_t i = 0; i < SIGNERS; i++) {
        uint8_t seed[SHEAF_SEED_BYTES];
        memset(seed, (int)i + 1, sizeof seed);
        require("sign",
                sheaf_one_slot_sign(scheme, seed, group.slot, group.message, public_keys[i], &signatures[i], &error),
                &error);
        keys[i] = (sheaf_bytes){public_keys[i], sizeof public_keys[i]};
        slices[i] = (sheaf_bytes){signatures[i].data, signatures[i].len};
    }
    group.keys = keys;
    group.signatures = slices;

    sheaf_buffer proof;
    double start = now();
    require("aggregate",
            sheaf_aggregate_as(prover, scheme, SHEAF_FORM_PROOF, SHEAF_RATE_HALF, &group, 1, NULL, NULL, &proof, &error), &error);
    *prove += now() - start;

    sheaf_group claim = group;
    claim.signatures = NULL;
    start = now();
    require("verify", sheaf_verify(scheme, &claim, 1, proof.data, proof.len, &error), &error);
    *verify += now() - start;

    memset(claim.message, 2, sizeof claim.message);
    if (sheaf_verify(scheme, &claim, 1, proof.data, proof.len, NULL) != SHEAF_STATUS_REJECTED) {
        fprintf(stderr, "the proof of another message is not rejected\n");
        exit(1);
    }
    for (size_t i = 0; i < SIGNERS; i++)
        sheaf_buffer_free(&signatures[i]);
    return proof;
}

int main(int argc, char **argv)
{
    static const struct {
        sheaf_scheme scheme;
        const char *file;
    } proofs[] = {{SHEAF_SCHEME_TEST, "test.proof"}, {SHEAF_SCHEME_PROD, "prod.proof"}};

    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    sheaf_build build = sheaf_build_info();
    printf("simd %s\ncpu-simd %s\n", build.simd, build.cpu_simd);

    sheaf_error *error = NULL;
    sheaf_prover *prover;
    require("prover", sheaf_prover_new(2, &prover, &error), &error);
    double prove = 0, verify = 0;
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        sheaf_buffer proof = round_trip(prover, proofs[i].scheme, &prove, &verify);
        write_file(argv[1], proofs[i].file, proof);
        sheaf_buffer_free(&proof);
    }
    sheaf_prover_free(prover);
    printf("prove %.6f\nverify %.6f\n", prove, verify);
    return 0;
}
