//go:build !linux && !darwin

package main

import "errors"

var errUnguarded = errors.New("not supported on this system")

func thisHost() host {
	return host{
		shield: func() error { return errUnguarded }, swap: func() ([]swapArea, error) { return nil, errUnguarded },
		scratch: newScratch,
	}
}
