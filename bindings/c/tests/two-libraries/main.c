/* Two static libraries of Rust in one program. */
#include <sheaf.h>

#include <stdio.h>

size_t neighbour_allocations(void);
uint64_t neighbour_sum(uint64_t n);
bool neighbour_unwinds(void);

int main(void)
{
    if (neighbour_sum(1000) != 499500 || neighbour_allocations() == 0 || !neighbour_unwinds())
        return 1;
    size_t allocations = neighbour_allocations();

    sheaf_group group = {.slot = 7, .count = 1};
    uint8_t key[SHEAF_PUBLIC_KEY_BYTES], seed[SHEAF_SEED_BYTES] = {0};
    sheaf_buffer signature, proof;
    sheaf_prover *prover;
    if (sheaf_one_slot_sign(SHEAF_SCHEME_TEST, seed, 7, group.message, key, &signature, NULL))
        return 2;
    sheaf_bytes key_slice = {key, sizeof key}, signature_slice = {signature.data, signature.len};
    group.keys = &key_slice;
    group.signatures = &signature_slice;
    if (sheaf_prover_new(2, &prover, NULL)
        || sheaf_aggregate_as(prover, SHEAF_SCHEME_TEST, SHEAF_FORM_PROOF, SHEAF_RATE_HALF, &group, 1, NULL, NULL, &proof, NULL)
        || sheaf_verify(SHEAF_SCHEME_TEST, &group, 1, proof.data, proof.len, NULL))
        return 3;
    sheaf_buffer_free(&proof);
    sheaf_buffer_free(&signature);
    sheaf_prover_free(prover);

    /* Neither has used the allocator of the other. */
    if (neighbour_allocations() != allocations || !neighbour_unwinds())
        return 4;
    printf("two libraries, each by itself\n");
    return 0;
}
