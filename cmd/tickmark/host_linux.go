package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// thisHost keeps the process from dumping core, and others of the same user from
// attaching to it: prctl(2), PR_SET_DUMPABLE. That alone also keeps it from a program
// that core dumps are piped to, which does not ask for the limit.
func thisHost() host {
	return host{
		shield: func() error {
			limit, dumpable := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}), unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
			if limit != nil {
				limit = fmt.Errorf("limit core dumps: %w", limit)
			}
			if dumpable != nil {
				dumpable = fmt.Errorf("refuse debuggers: %w", dumpable)
			}
			return errors.Join(limit, dumpable)
		},
		swap:    func() ([]swapArea, error) { return swapAreas(os.DirFS("/")) },
		scratch: newScratch,
	}
}
