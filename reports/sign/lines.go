package sign

import (
	"fmt"
	"strings"
	"time"
)

// Lines says in plain sentences what was found: per signature who, when and whether it holds,
// then who has not signed, what is wrong with the file, and the sum of it.
func (v *Verification) Lines() []string {
	var lines []string
	for i := range v.Signatures {
		lines = append(lines, v.Signatures[i].Lines()...)
	}
	for _, field := range v.Unsigned {
		lines = append(lines, field+": not yet signed.")
	}
	for _, problem := range v.Problems {
		lines = append(lines, "Problem: "+problem+".")
	}
	return append(lines, v.conclusion())
}

// Lines says who signed, when, and whether it holds.
func (s *Signature) Lines() []string {
	if s.Fault != "" {
		return []string{fmt.Sprintf("%s: THE SIGNATURE DOES NOT HOLD: %s.", s.Field, s.Fault)}
	}
	lines := []string{
		fmt.Sprintf("%s: signed by %s, certificate issued by %s.", s.Field, s.Signer.Name, s.Signer.Issuer),
		"  Certificate SHA-256 " + s.Signer.SHA256 + ".",
	}
	if names := s.Names(); len(names) > 1 {
		lines = append(lines, "  Chain: "+strings.Join(names, ", issued by ")+".")
	}
	for _, line := range s.timeLines() {
		lines = append(lines, "  "+line)
	}
	if s.Reason != "" {
		lines = append(lines, "  Reason given: "+s.Reason+".")
	}
	switch {
	case len(s.Changes) > 0:
		lines = append(lines, "  CHANGED AFTER SIGNING:")
		for _, c := range s.Changes {
			lines = append(lines, fmt.Sprintf("    %s (revision %d).", c, c.Revision))
		}
	case s.WholeFile:
		lines = append(lines, "  Intact; covers the whole file.")
	default:
		lines = append(lines, "  Intact; only further signatures came after it.")
	}
	if s.Trusted {
		return append(lines, "  Signer identified: the certificate is trusted.")
	}
	return append(lines, "  Signer not identified: "+s.Doubt+".")
}

// Names are those of the chain, the signer's first.
func (s *Signature) Names() []string {
	var names []string
	for _, c := range s.Chain {
		names = append(names, identityOf(c).Name)
	}
	return names
}

// timeLines say when somebody signed, and on whose word.
func (s *Signature) timeLines() []string {
	claim := "Time of signing " + s.Claimed.Format(time.RFC3339) + ": a claim of the signer"
	switch {
	case s.Claimed.IsZero():
		return []string{"No time of signing is given."}
	case s.Stamp == nil:
		return []string{claim + ", no time stamp confirms it."}
	}
	stamp := fmt.Sprintf("Time stamp %s of %s, certificate SHA-256 %s", s.Stamp.Time.Format(time.RFC3339), s.Stamp.Authority.Name, s.Stamp.Authority.SHA256)
	if s.Stamp.Trusted {
		return []string{stamp + ": the authority is trusted; the signature existed then."}
	}
	return []string{claim + ".", stamp + ": authority not identified, so it confirms nothing here: " + s.Stamp.Doubt + "."}
}

func (v *Verification) conclusion() string {
	switch v.Status {
	case IntactTrusted:
		return "Intact, and every signer is identified."
	case IntactUnidentified:
		var prints []string
		for _, s := range v.Signatures {
			if !s.Trusted {
				prints = append(prints, s.Signer.SHA256)
			}
		}
		return "Intact; signer not identified, SHA-256 " + strings.Join(prints, ", ") + "."
	case Unsigned:
		return "Nobody signed this file."
	case Broken:
	}
	return "This file does not hold: do not rely on it."
}

// Faults gathers everything that makes a file Broken.
func (v *Verification) Faults() []string {
	faults := append([]string(nil), v.Problems...)
	for _, s := range v.Signatures {
		if s.Fault != "" {
			faults = append(faults, s.Field+": "+s.Fault)
		}
		for _, c := range s.Changes {
			faults = append(faults, c.String())
		}
	}
	return faults
}
