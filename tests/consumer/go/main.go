// The consumer of src/main.rs, in Go: writes the same proofs and prints the same facts.
//
//	consumer DIRECTORY
package main

/*
#cgo pkg-config: sheaf
#include <sheaf.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT = 7, SIGNERS = 2 };

// What the signers have signed, in C memory: cgo does not pass Go memory that holds Go pointers.
typedef struct {
    sheaf_group group;
    uint8_t public_keys[SIGNERS][SHEAF_PUBLIC_KEY_BYTES];
    sheaf_buffer signatures[SIGNERS];
    sheaf_bytes keys[SIGNERS], slices[SIGNERS];
} signed_group;

static sheaf_status sign_group(sheaf_scheme scheme, signed_group *s, sheaf_error **error) {
    memset(s, 0, sizeof *s);
    s->group.slot = SLOT;
    s->group.count = SIGNERS;
    memset(s->group.message, 1, sizeof s->group.message);
    for (int i = 0; i < SIGNERS; i++) {
        uint8_t seed[SHEAF_SEED_BYTES];
        memset(seed, i + 1, sizeof seed);
        sheaf_status status = sheaf_one_slot_sign(scheme, seed, SLOT, s->group.message, s->public_keys[i],
                                                  &s->signatures[i], error);
        if (status != SHEAF_STATUS_OK)
            return status;
        s->keys[i] = (sheaf_bytes){s->public_keys[i], sizeof s->public_keys[i]};
        s->slices[i] = (sheaf_bytes){s->signatures[i].data, s->signatures[i].len};
    }
    s->group.keys = s->keys;
    s->group.signatures = s->slices;
    return SHEAF_STATUS_OK;
}

static void free_group(signed_group *s) {
    for (int i = 0; i < SIGNERS; i++)
        sheaf_buffer_free(&s->signatures[i]);
    free(s);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
	"unsafe"
)

// failure takes over the error of a call, if there is one, and frees it.
func failure(status C.sheaf_status, e *C.sheaf_error) error {
	if status == C.SHEAF_STATUS_OK {
		return nil
	}
	defer C.sheaf_error_free(e)
	return errors.New(C.GoString(C.sheaf_error_message(e)))
}

// roundTrip proves and verifies for one scheme, and gives the proof and how long both took.
func roundTrip(prover *C.sheaf_prover, scheme C.sheaf_scheme) (bytes []byte, prove, verify time.Duration, err error) {
	var e *C.sheaf_error
	signed := (*C.signed_group)(C.malloc(C.sizeof_signed_group))
	defer C.free_group(signed)
	if err = failure(C.sign_group(scheme, signed, &e), e); err != nil {
		return
	}

	var proof C.sheaf_buffer
	start := time.Now()
	status := C.sheaf_aggregate_as(prover, scheme, C.SHEAF_FORM_PROOF, C.SHEAF_RATE_HALF, &signed.group, 1, nil, nil, &proof, &e)
	prove = time.Since(start)
	if err = failure(status, e); err != nil {
		return
	}
	defer C.sheaf_buffer_free(&proof)
	bytes = C.GoBytes(unsafe.Pointer(proof.data), C.int(proof.len))

	signed.group.signatures = nil
	start = time.Now()
	status = C.sheaf_verify(scheme, &signed.group, 1, proof.data, proof.len, &e)
	verify = time.Since(start)
	if err = failure(status, e); err != nil {
		return
	}

	signed.group.message[0] = 2
	if C.sheaf_verify(scheme, &signed.group, 1, proof.data, proof.len, nil) != C.SHEAF_STATUS_REJECTED {
		err = errors.New("the proof of another message is not rejected")
	}
	return
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s DIRECTORY", os.Args[0])
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(directory string) error {
	build := C.sheaf_build_info()
	fmt.Printf("simd %s\ncpu-simd %s\n", C.GoString(build.simd), C.GoString(build.cpu_simd))

	var e *C.sheaf_error
	var prover *C.sheaf_prover
	if err := failure(C.sheaf_prover_new(2, &prover, &e), e); err != nil {
		return err
	}
	defer C.sheaf_prover_free(prover)

	var prove, verify time.Duration
	for _, scheme := range []struct {
		id   C.sheaf_scheme
		file string
	}{{C.SHEAF_SCHEME_TEST, "test.proof"}, {C.SHEAF_SCHEME_PROD, "prod.proof"}} {
		proof, proving, verifying, err := roundTrip(prover, scheme.id)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(directory, scheme.file), proof, 0o644); err != nil {
			return err
		}
		prove += proving
		verify += verifying
	}
	fmt.Printf("prove %.6f\nverify %.6f\n", prove.Seconds(), verify.Seconds())
	return nil
}
