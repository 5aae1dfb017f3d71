package main

import (
	"fmt"
	"io"
	"sync"

	"tickmark/engine/kube"
	"tickmark/vault"
)

// visits are the vaults that this process opened, and what was said of them.
type visits struct {
	mu     sync.Mutex
	vaults []*vault.Vault
	said   map[string]bool
	silent bool // the workbench has the terminal
	shield bool // the host was told to keep what they hold to itself
}

// visit tells what whoever opened a vault should hear. What comes up later is told
// when the verb ends.
func (d *door) visit(v *vault.Vault) *vault.Vault {
	d.visits.mu.Lock()
	d.visits.vaults = append(d.visits.vaults, v)
	silent := d.visits.silent
	d.visits.mu.Unlock()
	if !silent {
		d.tell()
	}
	return v
}

// silence keeps what is to be said until the verb ends.
func (s *visits) silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = true
}

// tell prints, each once, what is to be said of the vaults that were opened.
func (d *door) tell() {
	d.visits.mu.Lock()
	defer d.visits.mu.Unlock()
	for _, v := range d.visits.vaults {
		for _, text := range v.Notices() {
			d.visits.say(d.err, "notice", v.Path()+": "+text)
		}
		if d.state == "" {
			d.visits.say(d.err, "notice", "this user has no folder to remember vaults in (set XDG_STATE_HOME or HOME): one that was rolled back is not recognized")
		}
	}
}

// say prints a line that is no error, once.
func (d *door) say(kind, text string) {
	d.visits.mu.Lock()
	defer d.visits.mu.Unlock()
	d.visits.say(d.err, kind, text)
}

// guarded reports whether the host was told already, and takes it for told.
func (s *visits) guarded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := s.shield
	s.shield = true
	return told
}

func (s *visits) say(to io.Writer, kind, text string) {
	if s.said[text] {
		return
	}
	if s.said == nil {
		s.said = map[string]bool{}
	}
	s.said[text] = true
	fmt.Fprintf(to, "%s: %s\n", kind, kube.Printable(text))
}
