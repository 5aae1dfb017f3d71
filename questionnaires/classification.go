package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"tickmark/engine"
)

// Selection says what is classed: one thing, or the namespaces, accounts or components
// whose names match a pattern.
type Selection struct {
	Kind   Classed `json:"kind"`
	Name   string  `json:"name,omitempty"`   // or a pattern such as pay-*; of namespaces, accounts and components
	Target string  `json:"target,omitempty"` // id of the cluster, "" for every one
}

// Classification puts something into a class. Its JSON is one line of a scope.
type Classification struct {
	Selection
	Class         Class      `json:"class"`
	Justification string     `json:"justification,omitempty"`
	Separation    Separation `json:"separation,omitzero"` // of what is out of scope beside card data
	// Derived: nobody said so, it follows from what others are classed as.
	Derived bool `json:"-"`
}

// Separation is what keeps an out-of-scope namespace apart from card data in the same
// cluster. All four are evidenced.
type Separation struct {
	Nodes       Separator `json:"nodes,omitzero"`
	Policy      Separator `json:"policy,omitzero"` // of the network, both ways
	Permissions Separator `json:"permissions,omitzero"`
	Storage     Separator `json:"storage,omitzero"`
}

// Separator is one of the four: what separates, and the evidence of it.
type Separator struct {
	Statement string `json:"statement,omitempty"`
	Evidence  []ID   `json:"evidence,omitempty"`
}

// SeparationNames are what the four are called, in order.
func SeparationNames() []string { return []string{"nodes", "policy", "permissions", "storage"} }

// Separator returns one of the four by its name, to be filled in; nil for another name.
func (s *Separation) Separator(name string) *Separator {
	i := slices.Index(SeparationNames(), name)
	if i < 0 {
		return nil
	}
	return s.all()[i]
}

func (s *Separation) all() []*Separator {
	return []*Separator{&s.Nodes, &s.Policy, &s.Permissions, &s.Storage}
}

// IsZero reports whether nothing is said of any of the four.
func (s Separation) IsZero() bool {
	return !slices.ContainsFunc(s.all(), func(p *Separator) bool { return !p.IsZero() })
}

// IsZero reports whether nothing is said.
func (s Separator) IsZero() bool { return s.Statement == "" && len(s.Evidence) == 0 }

// ParseSelection reads what String returns: KIND/NAME, such as namespace/pay-*, or a
// KIND without names, such as control-plane.
func ParseSelection(text, target string) (Selection, error) {
	kind, name, _ := strings.Cut(text, "/")
	parsed, err := ParseClassed(kind)
	if err != nil {
		return Selection{}, fmt.Errorf("read selection %q: want KIND or KIND/NAME, where KIND is %s", text, strings.Join(classedKinds[1:], ", "))
	}
	s := Selection{Kind: parsed, Name: name, Target: target}
	if parsed == ClusterClassed && name != "" {
		if target != "" {
			return Selection{}, fmt.Errorf("read selection %q: a cluster is named once", text)
		}
		s.Name, s.Target = "", name
	}
	b := &bounds{}
	s.check(b)
	return s, b.err
}

// String says what is selected.
func (s Selection) String() string {
	text := s.Kind.String()
	if s.Name != "" {
		text += "/" + s.Name
	}
	if s.Target != "" {
		text += " in " + s.Target
	}
	return text
}

// check refuses what selects nothing.
func (s Selection) check(b *bounds) {
	b.line("name of what is classed", s.Name)
	b.line("target of what is classed", s.Target)
	_, badPattern := path.Match(s.Name, "")
	switch {
	case s.Kind <= NothingClassed || int(s.Kind) >= len(classedKinds):
		b.add(errors.New("a classification names no kind of thing"))
	case s.Kind.named() && blank(s.Name):
		b.add(fmt.Errorf("class %s: it names none; a pattern such as * names all", s.Kind))
	case !s.Kind.named() && s.Name != "":
		b.add(fmt.Errorf("class %s: it has no name of its own", s))
	case badPattern != nil:
		b.add(fmt.Errorf("class %s: the pattern is malformed", s))
	}
}

// matches reports whether the selection is about a thing of a kind.
func (s Selection) matches(o Selection) bool {
	if s.Kind != o.Kind || s.Target != "" && s.Target != o.Target {
		return false
	}
	ok, err := path.Match(s.Name, o.Name)
	return err == nil && ok
}

// meets reports whether both may be about one thing; a cluster is about all that is in
// it.
func (s Selection) meets(o Selection) bool {
	if s.Kind == ClusterClassed && (o.Kind == NamespaceClassed || o.Kind.part()) {
		return s.beside(o)
	}
	return s.Kind == o.Kind && s.beside(o) && patternOf(s.Name).overlaps(patternOf(o.Name))
}

// beside reports whether both may be in one cluster.
func (s Selection) beside(o Selection) bool {
	return s.Target == "" || o.Target == "" || s.Target == o.Target
}

// systemNamespace is where clusters run what all their namespaces rest on.
const systemNamespace = "kube-system"

// rests reports whether all namespaces of a cluster rest on what is selected.
func (s Selection) rests() bool {
	return s.Kind.part() || s.Kind == ClusterClassed || s.Kind == NamespaceClassed && s.Name == systemNamespace
}

func (c Classification) check(b *bounds) {
	c.Selection.check(b)
	b.text("justification of a class", c.Justification)
	if c.Class <= Unclassed || int(c.Class) >= len(classes) {
		b.add(fmt.Errorf("class %s: it names no class", c.Selection))
	}
	for _, s := range c.Separation.all() {
		b.text("statement of a separation", s.Statement)
		b.list("evidence of a separation", len(s.Evidence))
	}
}

// holdsCards reports whether the cluster that a selection is in holds card data.
func (s Scope) holdsCards(of Selection) bool {
	return slices.ContainsFunc(s.Classes, func(c Classification) bool {
		inCluster := c.Kind == NamespaceClassed || c.Kind == ClusterClassed || c.Kind.part()
		return inCluster && c.Class == CardholderEnvironment && c.beside(of)
	})
}

// brokenClasses names the rules that the classes break.
func (s Scope) brokenClasses() []string {
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	for i, c := range s.Classes {
		if slices.ContainsFunc(s.Classes[:i], func(o Classification) bool { return o.Selection == c.Selection }) {
			say("%s is classed twice", c.Selection)
		}
		inCluster := c.rests() || c.Kind == NamespaceClassed
		if c.Class >= SecurityImpacting || !inCluster || !s.holdsCards(c.Selection) {
			continue
		}
		takesIn, _ := path.Match(c.Name, systemNamespace)
		switch {
		case c.rests():
			say("%s is classed %s, and in a cluster that holds card data it is at least security-impacting", c.Selection, c.Class)
		case c.Class == OutOfScope && takesIn:
			say("%s is classed out-of-scope and takes %s in, which in a cluster that holds card data is at least security-impacting", c.Selection, systemNamespace)
		}
	}
	return broken
}

// ClassOf returns the strictest class that a thing has: by what names it, by what its
// cluster is classed as, and by what rests on it.
func (s Scope) ClassOf(of Selection) Class {
	s = s.settled()
	class := Unclassed
	for _, c := range s.Classes {
		whole := c.Kind == ClusterClassed && (of.Kind == NamespaceClassed || of.Kind.part()) && (c.Target == "" || c.Target == of.Target)
		if whole || c.matches(of) {
			class = max(class, c.Class)
		}
	}
	if of.rests() && s.holdsCards(of) {
		class = max(class, SecurityImpacting)
	}
	return class
}

// Unclassed returns the namespaces of a target that nobody classed: they are in scope
// until somebody says and shows that they are not.
func (s Scope) Unclassed(target string, namespaces []string) []string {
	return slices.DeleteFunc(slices.Clone(namespaces), func(n string) bool {
		return s.ClassOf(Selection{Kind: NamespaceClassed, Name: n, Target: target}) != Unclassed
	})
}

// Classed returns every classification, the strictest first, with what follows from
// them: in a cluster that holds card data each part that nobody classed is security
// impacting.
func (s Scope) Classed() []Classification {
	s = s.settled()
	all := slices.Clone(s.Classes)
	targets := map[string]bool{}
	for _, c := range s.Classes {
		if c.Class == CardholderEnvironment && (c.Kind == NamespaceClassed || c.Kind == ClusterClassed || c.Kind.part()) {
			targets[c.Target] = true
		}
	}
	for target := range targets {
		for _, part := range ClusterParts() {
			of := Selection{Kind: part, Target: target}
			if slices.ContainsFunc(s.Classes, func(c Classification) bool { return c.matches(of) }) {
				continue
			}
			all = append(all, Classification{
				Selection: of, Class: SecurityImpacting, Justification: "The cluster holds card data.", Derived: true,
			})
		}
	}
	slices.SortStableFunc(all, func(x, y Classification) int {
		return cmp.Or(cmp.Compare(y.Class, x.Class), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Name, y.Name))
	})
	return all
}

// zones are the namespaces of each class as evidence selects them, in the order in
// which they were classed.
func (s Scope) zones() map[string][]engine.Selector {
	zones := map[string][]engine.Selector{}
	for _, c := range s.Classes {
		zone := c.Class.zone()
		switch c.Kind {
		case ClusterClassed:
			zones[zone] = append(zones[zone], engine.Selector{Target: c.Target})
		case NamespaceClassed:
			i := slices.IndexFunc(zones[zone], func(z engine.Selector) bool { return z.Target == c.Target && len(z.Namespaces) > 0 })
			if i < 0 {
				zones[zone] = append(zones[zone], engine.Selector{Target: c.Target, Namespaces: []string{c.Name}})
				continue
			}
			zones[zone][i].Namespaces = append(zones[zone][i].Namespaces, c.Name)
		case NothingClassed, AccountClassed, ComponentClassed, ControlPlane, ClusterNodes, NetworkPlugin, AdmissionControl, Delivery, ClusterAdmins:
		}
	}
	return zones
}
