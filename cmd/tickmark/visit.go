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
			d.visits.notice(d.err, v.Path()+": "+text)
		}
		if d.state == "" {
			d.visits.notice(d.err, "this user has no folder to remember vaults in (set XDG_STATE_HOME or HOME): one that was rolled back is not recognized")
		}
	}
}

func (s *visits) notice(to io.Writer, text string) {
	if s.said[text] {
		return
	}
	if s.said == nil {
		s.said = map[string]bool{}
	}
	s.said[text] = true
	fmt.Fprintf(to, "notice: %s\n", kube.Printable(text))
}
