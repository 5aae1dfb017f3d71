package findings

import (
	"fmt"
	"slices"
	"strings"
)

// Class is what a finding is about. The zero class is that of a list of components,
// which says nothing of any of them.
type Class int

// The classes.
const (
	Components      Class = iota // what there is
	Vulnerabilities              // known vulnerabilities of software
	Configuration                // how something is set
	Benchmark                    // a hardening benchmark, control by control
	Secrets                      // credentials in files
	Events                       // what was noticed while it ran
)

var classes = [...]string{"components", "vulnerabilities", "configuration", "benchmark", "secrets", "events"}

// String returns the class's text as in JSON.
func (c Class) String() string { return textOf(classes[:], int(c)) }

// MarshalText writes what String returns.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Class) UnmarshalText(b []byte) error { return parse(classes[:], "class", b, (*int)(c)) }

// Status is what a tool says of a subject. The zero status is that its words are not
// understood, which is never a pass.
type Status int

// The statuses.
const (
	Unclear    Status = iota
	Failed            // the tool found it
	Passed            // the tool looked, and found nothing
	Manual            // the tool leaves it to a person
	Errored           // the tool could not look
	Skipped           // the tool did not look
	Suppressed        // the tool found it, and was told that it does not count
)

var statuses = [...]string{"unclear", "failed", "passed", "manual", "error", "skipped", "suppressed"}

// String returns the status's text as in JSON.
func (s Status) String() string { return textOf(statuses[:], int(s)) }

// MarshalText writes what String returns.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Status) UnmarshalText(b []byte) error { return parse(statuses[:], "status", b, (*int)(s)) }

// Severity is how bad a tool says a finding is. The zero severity is that it does not
// say, or says it in words that are not understood: it may be any.
type Severity int

// The severities.
const (
	Unrated Severity = iota
	Negligible
	Low
	Medium
	High
	Critical
)

var severities = [...]string{"unrated", "negligible", "low", "medium", "high", "critical"}

// String returns the severity's text as in JSON.
func (s Severity) String() string { return textOf(severities[:], int(s)) }

// MarshalText writes what String returns.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) error {
	return parse(severities[:], "severity", b, (*int)(s))
}

// Rate reads the words that tools have for a severity.
func Rate(word string) Severity {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical", "emergency", "alert", "fatal":
		return Critical
	case "high", "important", "danger":
		return High
	case "medium", "moderate", "warning":
		return Medium
	case "low", "minor":
		return Low
	case "negligible", "informational", "information", "info", "notice", "debug", "none", "unimportant":
		return Negligible
	}
	return Unrated
}

// Serious reports whether a finding of this severity has to be looked at before the
// subject can be called clean: high, critical, or not rated at all.
func (s Severity) Serious() bool { return s >= High || s == Unrated }

// Compliance is what a tool says that a finding bears on: ids of a standard, as given.
type Compliance struct {
	Standard string   `json:"standard"`
	IDs      []string `json:"ids,omitempty"`
	// PCI is the version of PCI DSS where the standard is that, by its own words; "?" where
	// they name none.
	PCI string `json:"pci,omitempty"`
}

// IsPCI reports whether the ids are of PCI DSS, in whatever version.
func (c Compliance) IsPCI() bool { return c.PCI != "" }

// Current reports whether the ids are of version 4 of PCI DSS, by their own words.
func (c Compliance) Current() bool { return c.PCI == "4.0" || c.PCI == "4.0.1" }

// String returns "PCI DSS 3.2.1: 2.2, 6.1".
func (c Compliance) String() string {
	name := c.Standard
	if c.IsPCI() {
		name = "PCI DSS " + c.PCI
		if c.PCI == "?" {
			name = fmt.Sprintf("PCI DSS of a version that is not named (%s)", c.Standard)
		}
	}
	if len(c.IDs) == 0 {
		return name
	}
	return name + ": " + strings.Join(c.IDs, ", ")
}

func textOf(texts []string, i int) string {
	if i < 0 || i >= len(texts) {
		return texts[0]
	}
	return texts[i]
}

func parse(texts []string, what string, b []byte, into *int) error {
	i := slices.Index(texts, string(b))
	if i < 0 {
		return fmt.Errorf("read %s: %q is none", what, b)
	}
	*into = i
	return nil
}
