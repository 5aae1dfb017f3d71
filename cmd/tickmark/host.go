package main

import (
	"fmt"
	"strings"
)

// host is what the door asks of the machine that it runs on. It is trusted while a
// vault is open; what it writes to a disk by itself is not.
type host struct {
	shield func() error // switches core dumps and debuggers off
	swap   func() ([]swapArea, error)
	// scratch makes a folder in memory.
	scratch func(getenv func(string) string) (*scratch, error)
}

// guard makes the host keep to itself what an open vault holds: before the first
// vault of a process is opened, and until the process ends, since keys stay in its
// memory. What cannot be had is said, once.
func (d *door) guard() {
	if d.visits.guarded() {
		return
	}
	if err := d.host.shield(); err != nil {
		d.say("warning", fmt.Sprintf("what an open vault holds is not kept from core dumps and debuggers: %v", err))
	}
	if text := swapWarning(d.host.swap()); text != "" {
		d.say("warning", text)
	}
}

// secrecy is whether what is swapped out can be read on the disk.
type secrecy int

const (
	untold    secrecy = iota // cannot be told
	readable                 // it is written as it is
	concealed                // it is encrypted, or stays in memory
)

// swapArea is one place that memory is swapped out to.
type swapArea struct {
	name    string
	secrecy secrecy
}

// swapWarning says in one line what is wrong with the areas, "" if nothing is. What
// cannot be told is no reason for silence.
func swapWarning(areas []swapArea, err error) string {
	if err != nil {
		return fmt.Sprintf("whether swap is encrypted cannot be told (%v): what an open vault holds may reach the disk", err)
	}
	var plain, unknown []string
	for _, area := range areas {
		switch area.secrecy {
		case readable:
			plain = append(plain, area.name)
		case untold:
			unknown = append(unknown, area.name)
		case concealed:
		}
	}
	var parts []string
	if len(plain) > 0 {
		parts = append(parts, "swap is not encrypted ("+strings.Join(plain, ", ")+")")
	}
	if len(unknown) > 0 {
		parts = append(parts, "whether swap is encrypted cannot be told ("+strings.Join(unknown, ", ")+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", and ") + ": what an open vault holds may reach the disk"
}

// worst is what a stack of devices is worth: a part of it that can be read is enough.
func worst(a, b secrecy) secrecy {
	switch {
	case a == readable || b == readable:
		return readable
	case a == untold || b == untold:
		return untold
	}
	return concealed
}
