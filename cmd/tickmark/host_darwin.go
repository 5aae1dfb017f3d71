package main

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// thisHost keeps the process from dumping core, and debuggers from attaching to it:
// ptrace(2), PT_DENY_ATTACH.
func thisHost() host {
	return host{
		shield: func() error {
			limit, attach := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}), unix.PtraceDenyAttach()
			if limit != nil {
				limit = fmt.Errorf("limit core dumps: %w", limit)
			}
			if attach != nil {
				attach = fmt.Errorf("refuse debuggers: %w", attach)
			}
			return errors.Join(limit, attach)
		},
		swap: func() ([]swapArea, error) {
			usage, err := unix.SysctlRaw("vm.swapusage")
			if err != nil {
				return nil, fmt.Errorf("vm.swapusage: %w", err)
			}
			return darwinSwap(usage)
		},
		scratch: newScratch,
	}
}
