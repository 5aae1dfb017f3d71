package questionnaires

import (
	"fmt"
	"strings"
)

// ComplianceAttestation is a third party's Attestation of Compliance, as it was looked
// at (12.8.4). The activity's day is the day of the attestation.
type ComplianceAttestation struct {
	Party    string `json:"party"`              // of the scope's third parties
	Assessor string `json:"assessor,omitempty"` // who attested it
	Version  string `json:"version,omitempty"`  // of PCI DSS
	Services string `json:"services,omitempty"` // that it covers
	// Covers says whether they are all that the entity uses.
	Covers    Declared `json:"covers,omitzero"`
	Uncovered string   `json:"uncovered,omitempty"` // services that are used and not covered
	atOnce
}

func (c ComplianceAttestation) check(b *bounds) {
	b.line("third party", c.Party)
	b.line("assessor of a third party", c.Assessor)
	b.line("version of an attestation", c.Version)
	b.text("services of an attestation", c.Services)
	b.text("services that are not covered", c.Uncovered)
}

func (c ComplianceAttestation) broken(Day) []string {
	if c.Covers == DeclaredYes && !blank(c.Uncovered) {
		return []string{"it covers every service that is used, and services are named that it does not cover"}
	}
	return nil
}

func (c ComplianceAttestation) lacks([]RequirementID) []string {
	return missing([]field{
		{"third party", c.Party},
		{"who attested it", c.Assessor},
		{"version of PCI DSS", c.Version},
		{"services that it covers", c.Services},
		{"whether it covers every service that is used", c.Covers.String()},
	})
}

func (c ComplianceAttestation) remains(_ RequirementID, on, _ Day) []string {
	covers := ""
	switch {
	case c.Covers == DeclaredNo && blank(c.Uncovered):
		covers = "it does not cover every service that is used"
	case c.Covers == DeclaredNo:
		covers = "it does not cover " + c.Uncovered
	case c.Covers == Undeclared:
		covers = "it is not recorded whether it covers the services that are used"
	}
	return remaining(covers, outdated(c.Version, on))
}

// standards are the versions of PCI DSS 3 and 4, with the last day of each that is
// superseded.
var standards = []struct {
	version string
	until   Day
}{{"3.2.1", "2024-03-31"}, {"4.0", "2024-12-31"}, {"4.0.1", ""}}

// outdated says why a version was none to be assessed against on a day, "" if it was.
func outdated(version string, on Day) string {
	plain := plainVersion(version)
	if plain == "" {
		return "it is not recorded which version of PCI DSS it is against"
	}
	for _, s := range standards {
		switch {
		case s.version != plain:
		case s.until != "" && on > s.until:
			return fmt.Sprintf("it is of %s against PCI DSS %s, which was superseded after %s", on, plain, s.until)
		default:
			return ""
		}
	}
	return fmt.Sprintf("PCI DSS %s is no version that was in force", version)
}

// plainVersion is the number of a version, such as 4.0.1 of "PCI DSS v4.0.1".
func plainVersion(version string) string {
	plain := strings.TrimSpace(strings.ToLower(version))
	return strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(plain, "pci dss")), "v")
}

func (c ComplianceAttestation) about() string {
	return phrase(c.Party, versionText(c.Version), c.Services)
}

func versionText(version string) string {
	if plain := plainVersion(version); plain != "" {
		return "PCI DSS " + plain
	}
	return ""
}
