// Makes signers, signs, aggregates, verifies, and sees forgeries rejected.
//
//	PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig go build
//	./aggregate DIRECTORY
//
// DIRECTORY is where the journals of the keys go; it must hold none yet.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

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
	fmt.Println(buildInfo())
	prover, err := NewProver(2)
	if err != nil {
		return err
	}
	defer prover.Close()

	group := Group{Slot: slot, Message: [messageLen]byte{1}}
	for i := 0; i < 3; i++ {
		journal := filepath.Join(directory, fmt.Sprintf("go-signer-%d.journal", i))
		key, signature, err := prover.Sign(journal, group.Message)
		if err != nil {
			return err
		}
		group.Keys = append(group.Keys, key)
		group.Signatures = append(group.Signatures, signature)
	}

	// The deadline of a context, as Go programs have them.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	proof, err := prover.Aggregate(group, func(done, total uint64, phase string) bool {
		fmt.Printf("  %d/%d %s\n", done, total, phase)
		return ctx.Err() == nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("proof of %d signatures: %d bytes\n", len(group.Keys), len(proof))

	// The verifier states what it expects: who signed what, and when. None of it is in the proof.
	claim := Group{Slot: group.Slot, Message: group.Message, Keys: group.Keys}
	if err := Verify(claim, proof); err != nil {
		return err
	}
	fmt.Println("the proof is valid")

	var failure *Failure
	claim.Message[31] ^= 1
	if err := Verify(claim, proof); !errors.As(err, &failure) || failure.Status != rejected {
		return fmt.Errorf("another message was not rejected: %v", err)
	}
	fmt.Println("another message:", failure)

	// An invalid signature is named before anything is proved.
	group.Signatures[1] = group.Signatures[0]
	_, err = prover.Aggregate(group, func(uint64, uint64, string) bool { return true })
	if !errors.As(err, &failure) || failure.Status != invalidSignature || failure.Places[0] != (Place{0, 1}) {
		return fmt.Errorf("a stolen signature was not named: %v", err)
	}
	fmt.Println("a stolen signature:", failure)
	return nil
}
