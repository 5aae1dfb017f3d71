package questionnaires

import (
	"errors"
	"fmt"
	"slices"
)

// Platform is a managed Kubernetes service.
type Platform int

// The platforms of which something is known.
const (
	UnknownPlatform Platform = iota
	EKS
	GKEStandard
	GKEAutopilot
	AKS
)

var platforms = [...]string{"", "eks", "gke-standard", "gke-autopilot", "aks"}

// Platforms returns every platform.
func Platforms() []Platform { return []Platform{EKS, GKEStandard, GKEAutopilot, AKS} }

// ParsePlatform reads the text that String returns, of a platform.
func ParsePlatform(s string) (Platform, error) {
	i, err := indexOf("platform", platforms[1:], s)
	if err != nil {
		return UnknownPlatform, err
	}
	return Platform(i + 1), nil
}

// String returns the platform's text, "" for none.
func (p Platform) String() string { return textOf(platforms[:], int(p)) }

// MarshalText writes what String returns.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes, of a platform.
func (p *Platform) UnmarshalText(b []byte) error {
	parsed, err := ParsePlatform(string(b))
	*p = parsed
	return err
}

// Party is who answers for something. The zero value says that it is not known.
type Party int

// The parties.
const (
	UnknownParty Party = iota
	ProviderParty
	CustomerParty
	BothParties
)

var parties = [...]string{"unknown", "provider", "customer", "both"}

// ParseParty reads the text that String returns, of a party.
func ParseParty(s string) (Party, error) {
	i, err := indexOf("responsible party", parties[1:], s)
	if err != nil {
		return UnknownParty, err
	}
	return Party(i + 1), nil
}

// String returns the party's text.
func (p Party) String() string { return textOf(parties[:], int(p)) }

// MarshalText writes what String returns.
func (p Party) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes, of a party.
func (p *Party) UnmarshalText(b []byte) error {
	parsed, err := ParseParty(string(b))
	*p = parsed
	return err
}

// with is who answers for two things together.
func (p Party) with(o Party) Party {
	switch {
	case p == UnknownParty:
		return o
	case o == UnknownParty || o == p:
		return p
	}
	return BothParties
}

// Duty is a part of what some requirements ask, and who answers for it on each
// platform. The texts are our own words.
type Duty struct {
	Title    string
	Of       []RequirementID // requirements, or the branches they stand in
	But      []RequirementID // taken out of them again
	Parties  map[Platform]Party
	Provider string // what the provider does, "" for nothing
	Customer string
	Notes    map[Platform]string
	Source   string // where it was read; "": what the platform names
}

// covers reports whether a requirement is one that the duty is part of.
func (d Duty) covers(id RequirementID) bool {
	within := func(branch RequirementID) bool { return id.within(branch) }
	return slices.ContainsFunc(d.Of, within) && !slices.ContainsFunc(d.But, within)
}

// within reports whether id is a branch or stands in it: 6.4.2 does in 6.4 and in 6.
func (id RequirementID) within(branch RequirementID) bool {
	return branch.Covers(id)
}

// PlatformWords say what a platform is, and where its defaults come from.
type PlatformWords struct {
	Platform Platform `json:"platform"`
	Name     string   `json:"name"`
	Provider string   `json:"provider"`
	Matrix   string   `json:"matrix"` // the provider's own document, to compare with
	Source   string   `json:"source"` // what our defaults were read from
}

// ResponsibilityMatrix is the default of who does what on managed platforms. It is
// not changed once built.
type ResponsibilityMatrix struct {
	version   int
	platforms []PlatformWords
	duties    []Duty
}

// NewResponsibilityMatrix builds a matrix and refuses one that leaves a platform
// out or says nothing of a duty.
func NewResponsibilityMatrix(version int, platforms []PlatformWords, duties []Duty) (*ResponsibilityMatrix, error) {
	if version < 1 {
		return nil, errors.New("build responsibilities: the version is missing")
	}
	for i, p := range platforms {
		if p.Name == "" || p.Provider == "" || p.Matrix == "" || p.Source == "" || p.Platform == UnknownPlatform {
			return nil, WordsError{"platforms", i, fmt.Errorf("build responsibilities: platform %q: something is missing", p.Platform)}
		}
	}
	for _, platform := range Platforms() {
		if n := len(slices.DeleteFunc(slices.Clone(platforms), func(p PlatformWords) bool { return p.Platform != platform })); n != 1 {
			return nil, fmt.Errorf("build responsibilities: platform %s stands there %d times", platform, n)
		}
	}
	for i, d := range duties {
		if err := d.validate(); err != nil {
			return nil, WordsError{"duties", i, fmt.Errorf("build responsibilities: duty %q: %w", d.Title, err)}
		}
	}
	return &ResponsibilityMatrix{version: version, platforms: platforms, duties: duties}, nil
}

func (d Duty) validate() error {
	if d.Title == "" || len(d.Of) == 0 {
		return errors.New("its title or requirements are missing")
	}
	for _, platform := range Platforms() {
		party := d.Parties[platform]
		switch {
		case party == UnknownParty:
			return fmt.Errorf("nobody is named for %s", platform)
		case party != CustomerParty && d.Provider == "", party != ProviderParty && d.Customer == "":
			return fmt.Errorf("%s on %s, and it does not say what they do", party, platform)
		}
	}
	for _, but := range d.But {
		if !slices.ContainsFunc(d.Of, but.within) {
			return fmt.Errorf("%s is taken out of what it does not stand in", but)
		}
	}
	return nil
}

// PlatformDuty is one duty on one platform.
type PlatformDuty struct {
	Title    string `json:"title"`
	Party    Party  `json:"party"`
	Provider string `json:"provider,omitempty"`
	Customer string `json:"customer,omitempty"`
	Note     string `json:"note,omitempty"`
	Source   string `json:"source"`
}

// Responsibility is who answers for a requirement on a platform: a default, until
// somebody has confirmed it against the provider's matrix.
type Responsibility struct {
	Platform    PlatformWords   `json:"platform"`
	Requirement RequirementID   `json:"requirement"`
	Default     Party           `json:"default"`
	Version     int             `json:"version"` // of the defaults
	Duties      []PlatformDuty  `json:"duties"`
	Confirmed   *ConfirmedParty `json:"confirmed,omitempty"`
	Conflict    bool            `json:"conflict,omitempty"` // several were confirmed side by side
}

// Confirmation reports whether somebody confirmed who answers, and who it is. What
// nobody confirmed is not a fact: UnknownParty and false.
func (r Responsibility) Confirmation() (Party, bool) {
	if r.Confirmed == nil {
		return UnknownParty, false
	}
	return r.Confirmed.Party, true
}

// String says who answers, and whether that is a default.
func (r Responsibility) String() string {
	switch {
	case r.Confirmed != nil:
		return fmt.Sprintf("%s: %s, confirmed by %s against %s of %s", r.Platform.Name, r.Confirmed.Party, r.Confirmed.Author.Name, r.Confirmed.Matrix, r.Confirmed.MatrixDate)
	case r.Conflict:
		return fmt.Sprintf("%s: confirmed in several ways side by side; one of them has to be confirmed again", r.Platform.Name)
	case r.Default == UnknownParty:
		return fmt.Sprintf("%s: no default is known; see the provider's matrix (%s)", r.Platform.Name, r.Platform.Matrix)
	}
	return fmt.Sprintf("%s: %s by default, not confirmed", r.Platform.Name, r.Default)
}

// Responsibility returns the default of who answers for a requirement.
func (m *ResponsibilityMatrix) Responsibility(platform Platform, id RequirementID) Responsibility {
	r := Responsibility{Requirement: id, Version: m.version}
	for _, p := range m.platforms {
		if p.Platform == platform {
			r.Platform = p
		}
	}
	if r.Platform.Platform == UnknownPlatform {
		return r
	}
	for _, d := range m.duties {
		if !d.covers(id) {
			continue
		}
		duty := PlatformDuty{Title: d.Title, Party: d.Parties[platform], Provider: d.Provider, Customer: d.Customer, Note: d.Notes[platform], Source: d.Source}
		if duty.Source == "" {
			duty.Source = r.Platform.Source
		}
		r.Duties = append(r.Duties, duty)
		r.Default = r.Default.with(duty.Party)
	}
	return r
}

// Platforms returns what is said of each platform; the slice must not be changed.
func (m *ResponsibilityMatrix) Platforms() []PlatformWords { return m.platforms }

// Version is that of the defaults.
func (m *ResponsibilityMatrix) Version() int { return m.version }

// WithResponsibilities returns the catalogue with the defaults of who does what on
// managed platforms. It refuses a duty of what is no requirement.
func (c *Catalogue) WithResponsibilities(m *ResponsibilityMatrix) (*Catalogue, error) {
	for i, d := range m.duties {
		for _, branch := range slices.Concat(d.Of, d.But) {
			if !slices.ContainsFunc(c.requirements, func(r Requirement) bool { return r.ID.within(branch) }) {
				return nil, WordsError{"duties", i, fmt.Errorf("build catalogue: duty %q: no requirement stands in %q", d.Title, branch)}
			}
		}
	}
	with := *c
	with.matrix = m
	return &with, nil
}

// Responsibilities returns the defaults, nil where there are none.
func (c *Catalogue) Responsibilities() *ResponsibilityMatrix { return c.matrix }
