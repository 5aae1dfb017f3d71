package questionnaires

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tickmark/engine"
)

// CardholderData is the zone of the systems that store, process or transmit
// cardholder data: the cardholder data environment.
const CardholderData = "cde"

// Scope is what the assessments of a vault look at: who is assessed, how cards come
// in, where their data goes, with whom it is shared, and which class each system has.
// Evidence is judged by its zones, which follow from the classes.
type Scope struct {
	Description    string            `json:"description,omitempty"`
	Entity         EntityDetails     `json:"entity,omitzero"`
	Channels       []ChannelUse      `json:"channels,omitempty"`
	Services       []AssessedService `json:"services,omitempty"`
	Data           CardData          `json:"data,omitzero"`
	Environment    Environment       `json:"environment,omitzero"`
	Segmentation   Segmentation      `json:"segmentation,omitzero"`
	ThirdParties   []ThirdParty      `json:"thirdParties,omitempty"`
	NoThirdParties bool              `json:"noThirdParties,omitempty"`
	Confirmation   ScopeConfirmation `json:"confirmation,omitzero"`
	Classes        []Classification  `json:"classes,omitempty"`
	// Zones are declared beside the classes, under other names. An older scope has its
	// cardholder data environment here; it reads as classes.
	Zones             map[string][]engine.Selector `json:"zones,omitempty"`
	TrustedRegistries []string                     `json:"trustedRegistries,omitempty"`
	// Connections are those that are needed over the edge of the cardholder data
	// environment, each with its business reason (1.2.5).
	Connections []engine.Declaration `json:"connections,omitempty"`
	Thresholds  Thresholds           `json:"thresholds,omitzero"`
}

// settled returns the scope with the zones that are classes written as classes, so
// that one place says what is in a class.
func (s Scope) settled() Scope {
	var moved []Classification
	zones := maps.Clone(s.Zones)
	for _, class := range Classes() {
		for _, z := range zones[class.zone()] {
			if len(z.Namespaces) == 0 {
				moved = append(moved, Classification{Selection: Selection{Kind: ClusterClassed, Target: z.Target}, Class: class})
			}
			for _, name := range z.Namespaces {
				moved = append(moved, Classification{Selection: Selection{Kind: NamespaceClassed, Name: name, Target: z.Target}, Class: class})
			}
		}
		delete(zones, class.zone())
	}
	s.Zones = zones
	if len(zones) == 0 {
		s.Zones = nil
	}
	s.Classes = slices.Clone(s.Classes)
	for _, c := range moved {
		if !slices.ContainsFunc(s.Classes, func(o Classification) bool { return o.Selection == c.Selection && o.Class == c.Class }) {
			s.Classes = append(s.Classes, c)
		}
	}
	return s
}

// WithZone returns the scope with what selectors choose, and no other namespace or
// cluster, in a class.
func (s Scope) WithZone(class Class, selectors []engine.Selector) Scope {
	s = s.settled()
	chosen := Scope{Zones: map[string][]engine.Selector{class.zone(): selectors}}.settled().Classes
	kept := slices.DeleteFunc(s.Classes, func(c Classification) bool {
		again := slices.ContainsFunc(chosen, func(o Classification) bool { return o.Selection == c.Selection })
		inCluster := c.Kind == NamespaceClassed || c.Kind == ClusterClassed
		return inCluster && (c.Class == class || again) && !(c.Class == class && again)
	})
	for _, c := range chosen {
		if !slices.ContainsFunc(kept, func(o Classification) bool { return o.Selection == c.Selection }) {
			kept = append(kept, c)
		}
	}
	s.Classes = kept
	return s
}

// EvidenceZones are the zones by which evidence is judged: those declared, and one of
// each class.
func (s Scope) EvidenceZones() map[string][]engine.Selector {
	s = s.settled()
	zones := s.zones()
	maps.Copy(zones, s.Zones)
	if len(zones) == 0 {
		return nil
	}
	return zones
}

// Params are what the checks are told of the scope.
func (s Scope) Params(now time.Time) engine.Params {
	return engine.Params{
		Zones: s.EvidenceZones(), TrustedRegistries: s.TrustedRegistries, Declared: s.Connections,
		Limits: s.Thresholds.Limits, SecretDays: s.Thresholds.SecretDays, ScanDays: s.Thresholds.ScanDays,
		Now: now.UTC().Truncate(time.Second),
	}
}

// Same reports whether both say the same.
func (s Scope) Same(o Scope) bool { return sameContent(s.settled(), o.settled()) }

// sameContent reports whether two values have one canonical form.
func sameContent(x, y any) bool {
	one, err := engine.SumOf(x)
	if err != nil {
		return false
	}
	other, err := engine.SumOf(y)
	return err == nil && one == other
}

// SetScope returns the draft that makes s the scope of the vault. What is merely
// incomplete is kept, and is a Problem of the assessments that ask for it; what
// contradicts itself or a rule is refused.
func (h *History) SetScope(catalogue *Catalogue, s Scope) (Draft, error) {
	s = s.settled()
	b := &bounds{}
	s.check(b, catalogue)
	for _, id := range s.Cited() {
		if _, known := h.item(id); !known {
			b.add(fmt.Errorf("evidence %s is not in the vault", id))
		}
	}
	if broken := s.brokenClasses(); len(broken) > 0 {
		b.add(errors.New(broken[0]))
	}
	if b.err != nil {
		return Draft{}, fmt.Errorf("set scope: %w", b.err)
	}
	if err := changes(h, ScopeSet, h.entries, s.Same); err != nil {
		return Draft{}, fmt.Errorf("set scope: %w", err)
	}
	return Draft{Action: ScopeSet, Subject: "scope", Payload: s}, nil
}

// check refuses what cannot be kept, or what names nothing.
func (s Scope) check(b *bounds, catalogue *Catalogue) {
	b.add(CheckText("scope", s.Description, MaxNarrative))
	s.Entity.check(b)
	checkChannels(b, s.Channels)
	b.names("services", namesOf(s.Services, func(v AssessedService) string { return v.Name }))
	for _, service := range s.Services {
		service.check(b, catalogue)
	}
	s.Data.check(b)
	s.Environment.check(b)
	s.Segmentation.check(b)
	checkThirdParties(b, s, catalogue)
	s.Confirmation.check(b)
	b.list("classes", len(s.Classes))
	for _, c := range s.Classes {
		c.check(b)
	}
	b.list("trusted registries", len(s.TrustedRegistries))
	for _, r := range s.TrustedRegistries {
		b.line("trusted registry", r)
	}
	b.list("connections", len(s.Connections))
	for _, c := range s.Connections {
		b.line("reason of a connection", c.Why)
		if err := c.Check(); err != nil {
			b.add(fmt.Errorf("connection %s => %s: %w", c.From, c.To, err))
		}
	}
	s.Thresholds.check(b, catalogue)
	b.list("zones", len(s.Zones))
	for zone, selectors := range s.Zones {
		b.line("zone", zone)
		b.list("selectors of a zone", len(selectors))
	}
}

// Cited are the ids of the evidence that the scope names.
func (s Scope) Cited() []ID {
	var all []ID
	for _, ids := range s.citations() {
		all = append(all, *ids...)
	}
	return all
}

// citations are the places where the scope names evidence.
func (s *Scope) citations() []*[]ID {
	all := []*[]ID{&s.Environment.Diagrams, &s.Data.Inventory}
	for i := range s.Data.Flows {
		all = append(all, &s.Data.Flows[i].Diagrams)
	}
	for i := range s.Classes {
		for _, p := range s.Classes[i].Separation.all() {
			all = append(all, &p.Evidence)
		}
	}
	return all
}

// Recite changes every id of evidence that the scope names, wherever it stands.
func (s *Scope) Recite(change func(ID) (ID, error)) error {
	s.Data.Flows, s.Classes = slices.Clone(s.Data.Flows), slices.Clone(s.Classes)
	return reciteAll(s.citations(), change)
}
