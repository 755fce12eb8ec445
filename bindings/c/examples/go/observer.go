package main

/*
#include <sheaf.h>
*/
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// goObserver is called by the library, on one of its threads.
//
//export goObserver
func goObserver(userData unsafe.Pointer, progress *C.sheaf_progress) C.int {
	observe := (*(*cgo.Handle)(userData)).Value().(func(done, total uint64, phase string) bool)
	if observe(uint64(progress.done), uint64(progress.total), C.GoString(progress.phase)) {
		return 0
	}
	return 1
}
