//go:build !linux

package main

import "errors"

func newScratch(func(string) string) (*scratch, error) {
	return nil, errors.New("a folder in memory is not supported on this system")
}
