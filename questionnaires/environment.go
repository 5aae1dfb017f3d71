package questionnaires

import "errors"

// Environment is what is assessed, by kind: networks, places, components, and products
// that PCI SSC lists.
type Environment struct {
	Diagrams   []ID            `json:"diagrams,omitempty"` // evidence: those of the networks
	Networks   []Network       `json:"networks,omitempty"`
	Locations  []Location      `json:"locations,omitempty"`
	Components []ComponentType `json:"components,omitempty"`
	Products   []ListedProduct `json:"products,omitempty"`
	NoProducts bool            `json:"noProducts,omitempty"` // none that PCI SSC lists is in use
}

func (e Environment) check(b *bounds) {
	b.names("networks", namesOf(e.Networks, func(n Network) string { return n.Name }))
	b.names("component types", namesOf(e.Components, func(c ComponentType) string { return c.Type }))
	b.list("network diagrams", len(e.Diagrams))
	b.list("locations", len(e.Locations))
	b.list("listed products", len(e.Products))
	if e.NoProducts && len(e.Products) > 0 {
		b.add(errors.New("listed products are named, and it says that there are none"))
	}
	for _, n := range e.Networks {
		b.text("purpose of a network", n.Purpose)
	}
	for _, l := range e.Locations {
		l.check(b)
	}
	for _, c := range e.Components {
		c.check(b)
	}
	for _, p := range e.Products {
		p.check(b)
	}
}

// Network is a network of the entity, with account data on it or without.
type Network struct {
	Name        string   `json:"name"`
	AccountData Declared `json:"accountData,omitzero"`
	Purpose     string   `json:"purpose,omitempty"`
}

func (n Network) lacks() []string {
	return missing([]field{{"account data on it (yes or no)", n.AccountData.String()}, {"purpose", n.Purpose}})
}

// Location is a kind of place, such as shops or data centres.
type Location struct {
	Type  string `json:"type"`
	Count int    `json:"count,omitempty"`
	Place string `json:"place,omitempty"` // town and country
}

func (l Location) check(b *bounds) {
	b.line("type of location", l.Type)
	b.count("locations of a type", l.Count)
	b.text("place of a location", l.Place)
}

func (l Location) lacks() []string {
	return missing([]field{{"type", l.Type}, {"number", counted(l.Count)}, {"place", l.Place}})
}

// ComponentType is a kind of system component in scope.
type ComponentType struct {
	Type    string `json:"type"`
	Count   int    `json:"count,omitempty"`
	Vendor  string `json:"vendor,omitempty"`
	Product string `json:"product,omitempty"` // and its version
	Role    string `json:"role,omitempty"`
}

func (c ComponentType) check(b *bounds) {
	b.count("components of a type", c.Count)
	b.line("vendor of a component", c.Vendor)
	b.line("product of a component", c.Product)
	b.text("role of a component", c.Role)
}

func (c ComponentType) lacks() []string {
	return missing([]field{{"number", counted(c.Count)}, {"vendor", c.Vendor}, {"product and version", c.Product}, {"role", c.Role}})
}

// ListedProduct is a product or solution that PCI SSC lists: a terminal, a P2PE
// solution, payment software.
type ListedProduct struct {
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Standard string `json:"standard,omitempty"` // that it was listed under
	Listing  string `json:"listing,omitempty"`  // number
	Expires  Day    `json:"expires,omitempty"`
}

func (p ListedProduct) check(b *bounds) {
	b.line("name of a listed product", p.Name)
	b.line("version of a listed product", p.Version)
	b.line("standard of a listed product", p.Standard)
	b.line("listing of a product", p.Listing)
	b.day("expiry of a listed product", p.Expires)
}

func (p ListedProduct) lacks() []string {
	return missing([]field{
		{"name", p.Name}, {"version", p.Version}, {"standard", p.Standard}, {"listing number", p.Listing}, {"expiry", string(p.Expires)},
	})
}

// IsZero reports whether nothing is listed.
func (e Environment) IsZero() bool {
	return len(e.Diagrams)+len(e.Networks)+len(e.Locations)+len(e.Components)+len(e.Products) == 0 && !e.NoProducts
}
