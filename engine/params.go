package engine

import (
	"path"
	"time"
)

// Params is everything the checks are told besides the snapshots. The same
// snapshots, checks and Params give the same Run, byte for byte.
type Params struct {
	// Zones are the classes of systems the scope names ("cde" is the cardholder
	// data environment), each with the selectors of what belongs to it.
	Zones map[string][]Selector `json:"zones,omitempty"`
	// TrustedRegistries are prefixes of image names up to a slash, such as
	// `registry.example/pay`. Empty means that none was declared.
	TrustedRegistries []string `json:"trustedRegistries,omitempty"`
	// Declared are the connections that the entity says it needs across the edge of its
	// cardholder data environment. Empty means that none was declared.
	Declared []Declaration `json:"declared,omitempty"`
	// Limits is, by the id of a check that counts who may do something, how many may
	// before a person has to look. 0 means 3.
	Limits map[string]int `json:"limits,omitempty"`
	// SecretDays is how old the values of a Secret may be, by the entity's own risk
	// analysis. 0 means 365.
	SecretDays int `json:"secretDays,omitempty"`
	// ScanDays is how many days old what a scanner or policy engine reports may be.
	// 0 means 92, the longest that three months are.
	ScanDays int `json:"scanDays,omitempty"`
	// Custom are the values of parameters of checks of an organisation's own, by check
	// and name, as they were given.
	Custom map[string]map[string]string `json:"custom,omitempty"`
	// Now is the time of the evaluation.
	Now time.Time `json:"now"`
}

// Digest identifies p. It is in the Run and in every cache key.
func (p Params) Digest() (Digest, error) { return SumOf(p) }

// Selector chooses namespaces of a target. Empty fields choose all; Namespaces
// may hold patterns as path.Match knows them.
type Selector struct {
	Target     string   `json:"target,omitempty"`
	Namespaces []string `json:"namespaces,omitempty"`
}

// InZone reports whether a namespace of a target belongs to a zone.
func (p Params) InZone(zone, target, namespace string) bool {
	for _, s := range p.Zones[zone] {
		if s.selects(target, namespace) {
			return true
		}
	}
	return false
}

func (s Selector) selects(target, namespace string) bool {
	if s.Target != "" && s.Target != target {
		return false
	}
	for _, pattern := range s.Namespaces {
		if ok, err := path.Match(pattern, namespace); err == nil && ok {
			return true
		}
	}
	return len(s.Namespaces) == 0
}
