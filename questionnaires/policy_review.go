package questionnaires

// PolicyReview is that a policy was reviewed and approved (12.1.2, and the first
// requirement of each of the others).
type PolicyReview struct {
	Policy   string `json:"policy,omitempty"`
	Version  string `json:"version,omitempty"`
	Approver string `json:"approver,omitempty"`
	atOnce
}

func (p PolicyReview) check(b *bounds) {
	b.line("policy", p.Policy)
	b.line("version of a policy", p.Version)
	b.line("approver of a policy", p.Approver)
}

func (p PolicyReview) broken(Day) []string { return nil }

func (p PolicyReview) lacks([]RequirementID) []string {
	return missing([]field{{"policy", p.Policy}, {"version of the policy", p.Version}, {"who approved it", p.Approver}})
}

func (p PolicyReview) remains(RequirementID, Day, Day) []string {
	if blank(p.Approver) {
		return []string{"nobody approved it"}
	}
	return nil
}

func (p PolicyReview) about() string { return phrase(p.Policy, p.Version, p.Approver) }
