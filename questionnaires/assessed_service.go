package questionnaires

// AssessedService is a service that the entity offers to others, in the assessment or
// left out of it with the reason.
type AssessedService struct {
	Name    string `json:"name"`
	Type    string `json:"type,omitempty"`    // as attestations group them: hosting, payment gateway ...
	Role    string `json:"role,omitempty"`    // with card data, or with its security
	LeftOut string `json:"leftOut,omitempty"` // why the assessment does not cover it; "" where it does
}

// Covered reports whether the assessment covers the service.
func (s AssessedService) Covered() bool { return blank(s.LeftOut) }

func (s AssessedService) check(b *bounds) {
	b.line("type of service", s.Type)
	b.text("role of a service", s.Role)
	b.text("reason to leave a service out", s.LeftOut)
}

func (s AssessedService) lacks() []string {
	if !s.Covered() {
		return nil
	}
	return missing([]field{{"type", s.Type}, {"role with card data", s.Role}})
}
