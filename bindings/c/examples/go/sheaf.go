package main

/*
#cgo pkg-config: sheaf
#include <sheaf.h>
#include <stdlib.h>

// Defined in observer.go.
extern int goObserver(void *user_data, sheaf_progress *progress);

static int observe(void *user_data, const sheaf_progress *progress) {
    return goObserver(user_data, (sheaf_progress *)progress);
}

static sheaf_observer observer(void) { return observe; }
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"
)

const (
	slot         = 7
	publicKeyLen = C.SHEAF_PUBLIC_KEY_BYTES
	messageLen   = C.SHEAF_MESSAGE_BYTES
	scheme       = C.SHEAF_SCHEME_TEST // TEST keys take no time to make and give no security.

	rejected         = C.SHEAF_STATUS_REJECTED
	invalidSignature = C.SHEAF_STATUS_INVALID_SIGNATURE
)

// Failure is an error of the library.
type Failure struct {
	Status  int
	Message string
	Places  []Place // what the error is about
}

// Place is a signer: its index in its group, and that of the group.
type Place struct{ Group, Index uint }

func (f *Failure) Error() string { return f.Message }

// failure takes over the error of a call, if there is one, and frees it.
func failure(status C.sheaf_status, e *C.sheaf_error) error {
	if status == C.SHEAF_STATUS_OK {
		return nil
	}
	defer C.sheaf_error_free(e)
	f := &Failure{Status: int(status), Message: C.GoString(C.sheaf_error_message(e))}
	for i := C.size_t(0); i < C.sheaf_error_place_count(e); i++ {
		place := C.sheaf_error_place(e, i)
		f.Places = append(f.Places, Place{uint(place.group), uint(place.index)})
	}
	return f
}

// take copies a buffer of the library, and frees it.
func take(b C.sheaf_buffer) []byte {
	defer C.sheaf_buffer_free(&b)
	return C.GoBytes(unsafe.Pointer(b.data), C.int(b.len))
}

func pointer(b []byte) *C.uint8_t {
	if len(b) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.Pointer(&b[0]))
}

// Prover is a handle; Close frees it.
type Prover struct{ handle *C.sheaf_prover }

func NewProver(threads int) (*Prover, error) {
	var p Prover
	var e *C.sheaf_error
	status := C.sheaf_prover_new(C.size_t(threads), &p.handle, &e)
	return &p, failure(status, e)
}

func (p *Prover) Close() { C.sheaf_prover_free(p.handle) }

// Sign makes a key and its journal, and signs. A real signer makes its key once, and stores `secret` between the two.
func (p *Prover) Sign(journal string, message [messageLen]byte) (publicKey [publicKeyLen]byte, signature []byte, err error) {
	path := C.CString(journal)
	defer C.free(unsafe.Pointer(path))
	var secret, signed C.sheaf_buffer
	var e *C.sheaf_error
	status := C.sheaf_keygen(p.handle, scheme, 0, 32, nil, nil, pointer(publicKey[:]), &secret, &e)
	if err = failure(status, e); err != nil {
		return
	}
	defer C.sheaf_buffer_free(&secret)
	status = C.sheaf_journal_create(scheme, pointer(publicKey[:]), path, &e)
	if err = failure(status, e); err != nil {
		return
	}
	var key *C.sheaf_signing_key
	status = C.sheaf_signing_key_open(p.handle, scheme, secret.data, secret.len, path, &key, &e)
	if err = failure(status, e); err != nil {
		return
	}
	defer C.sheaf_signing_key_free(key)
	status = C.sheaf_signing_key_sign(key, slot, pointer(message[:]), &signed, &e)
	return publicKey, take(signed), failure(status, e)
}

// Group is what signers have signed. Signatures are needed for Aggregate only.
type Group struct {
	Slot       uint32
	Message    [messageLen]byte
	Keys       [][publicKeyLen]byte
	Signatures [][]byte
}

// Aggregate proves that all signatures of the group are valid. It stops when observe returns false.
func (p *Prover) Aggregate(group Group, observe func(done, total uint64, phase string) bool) ([]byte, error) {
	c, free := group.inC()
	defer free()
	// Go pointers must not stay in C memory, and a function is one: hence a handle, passed by its address in C memory.
	handle := cgo.NewHandle(observe)
	defer handle.Delete()
	userData := C.malloc(C.size_t(unsafe.Sizeof(handle)))
	defer C.free(userData)
	*(*cgo.Handle)(userData) = handle

	var proof C.sheaf_buffer
	var e *C.sheaf_error
	status := C.sheaf_aggregate(p.handle, scheme, C.SHEAF_RATE_HALF, c, 1, C.observer(), userData, &proof, &e)
	return take(proof), failure(status, e)
}

// Verify checks that every key of the group has signed its message at its slot.
func Verify(group Group, proof []byte) error {
	c, free := group.inC()
	defer free()
	var e *C.sheaf_error
	status := C.sheaf_verify(scheme, c, 1, pointer(proof), C.size_t(len(proof)), &e)
	return failure(status, e)
}

// inC copies the group to C memory: cgo does not pass Go memory that holds Go pointers.
func (g Group) inC() (*C.sheaf_group, func()) {
	var owned []unsafe.Pointer
	alloc := func(size uintptr) unsafe.Pointer {
		p := C.calloc(1, C.size_t(size))
		owned = append(owned, p)
		return p
	}
	slices := func(count int, at func(int) []byte) *C.sheaf_bytes {
		if count == 0 {
			return nil
		}
		first := (*C.sheaf_bytes)(alloc(uintptr(count) * unsafe.Sizeof(C.sheaf_bytes{})))
		list := unsafe.Slice(first, count)
		for i := range list {
			data := C.CBytes(at(i))
			owned = append(owned, data)
			list[i] = C.sheaf_bytes{data: (*C.uint8_t)(data), len: C.size_t(len(at(i)))}
		}
		return first
	}
	c := (*C.sheaf_group)(alloc(unsafe.Sizeof(C.sheaf_group{})))
	c.slot = C.uint32_t(g.Slot)
	for i, b := range g.Message {
		c.message[i] = C.uint8_t(b)
	}
	c.count = C.size_t(len(g.Keys))
	c.keys = slices(len(g.Keys), func(i int) []byte { return g.Keys[i][:] })
	c.signatures = slices(len(g.Signatures), func(i int) []byte { return g.Signatures[i] })
	return c, func() {
		for _, p := range owned {
			C.free(p)
		}
	}
}

func buildInfo() string {
	b := C.sheaf_build_info()
	return fmt.Sprintf("sheaf %s, built for %s, the CPU has %s", C.GoString(b.version), C.GoString(b.simd), C.GoString(b.cpu_simd))
}
