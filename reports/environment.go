package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// environment lists networks, places, components and listed products, and the class
// of everything that has one.
func (c *composer) environment() []Block {
	return slices.Concat(c.diagrams(), c.networks(), c.locations(), c.components(), c.products(), c.classes(), c.declared())
}

// diagrams lists what was drawn of networks and of flows of account data, with its day.
func (c *composer) diagrams() []Block {
	var rows []Row
	add := func(shows string, ids []questionnaires.ID) {
		for _, id := range ids {
			item, _ := c.Assessment.Evidence(id)
			dated := Cell{Text: "last revised " + string(item.Details.Revised)}
			if item.Details.Revised == "" {
				dated.Text = "of " + isoDay(item.Collected)
			}
			if item.Details.Version != "" {
				dated.Note = "version " + item.Details.Version
			}
			rows = append(rows, Row{Cells: []Cell{c.cited([]questionnaires.ID{id}), {Text: titleOf(item), Note: item.Details.Purpose}, {Text: shows}, dated}})
		}
	}
	add("networks", c.Scope.Environment.Diagrams)
	for _, f := range c.Scope.Data.Flows {
		add("flow of account data: "+f.Name, f.Diagrams)
	}
	if len(rows) == 0 && c.Assessment.Questionnaire.Scope < questionnaires.ReportedScope {
		return nil
	}
	return []Block{Heading{Level: 2, Text: "Diagrams of networks and data flows"}, Table{
		Columns: []Column{{"Evidence", 28, Mono}, {"Diagram", 58, Strong}, {"Shows", 46, Plain}, {"Dated", 38, Plain}}, Rows: rows,
		Empty: "No diagram is recorded.",
	}}
}

// named are items of evidence in one line, each with its title and the day of its last
// revision.
func (c *composer) named(ids []questionnaires.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		item, known := c.Assessment.Evidence(id)
		if !known {
			names[i] = string(id) + " (not in the vault)"
			continue
		}
		names[i] = strings.TrimSpace(item.Label()+" "+titleOf(item)) + told(", version ", item.Details.Version) + told(", last revised ", string(item.Details.Revised))
	}
	return strings.Join(names, "\n")
}

func (c *composer) networks() []Block {
	return []Block{Heading{Level: 2, Text: "Networks"}, networks(c.Scope.Environment.Networks)}
}

func (c *composer) locations() []Block {
	return []Block{Heading{Level: 2, Text: "Locations"}, locations(c.Scope.Environment.Locations)}
}

func (c *composer) components() []Block {
	return []Block{Heading{Level: 2, Text: "Types of components"}, components(c.Scope.Environment.Components)}
}

func (c *composer) products() []Block {
	e := c.Scope.Environment
	table := products(e.Products)
	if e.NoProducts {
		table.Empty = "The entity uses no product and no solution that PCI SSC lists."
	}
	return []Block{Heading{Level: 2, Text: "Products and solutions listed by PCI SSC"}, table}
}

func networks(all []questionnaires.Network) Block {
	rows := make([]Row, len(all))
	for i, n := range all {
		rows[i] = Row{Cells: []Cell{{Text: n.Name}, {Text: recorded(n.AccountData.String())}, {Text: recorded(n.Purpose)}}}
	}
	return Table{
		Columns: []Column{{"Network", 60, Strong}, {"Account data on it", 34, Plain}, {"Purpose", 76, Plain}}, Rows: rows,
		Empty: "Networks are not recorded.",
	}
}

func locations(all []questionnaires.Location) Block {
	rows := make([]Row, len(all))
	for i, l := range all {
		rows[i] = Row{Cells: []Cell{{Text: recorded(l.Type)}, {Text: number(l.Count)}, {Text: recorded(l.Place)}}}
	}
	return Table{Columns: []Column{{"Type", 60, Strong}, {"Number", 34, Plain}, {"Place", 76, Plain}}, Rows: rows, Empty: "Locations are not recorded."}
}

func components(all []questionnaires.ComponentType) Block {
	rows := make([]Row, len(all))
	for i, t := range all {
		rows[i] = Row{Cells: []Cell{{Text: t.Type}, {Text: number(t.Count)}, {Text: recorded(t.Product), Note: "vendor: " + recorded(t.Vendor)}, {Text: recorded(t.Role)}}}
	}
	return Table{
		Columns: []Column{{"Type", 44, Strong}, {"Number", 22, Plain}, {"Product and version", 48, Plain}, {"Role", 56, Plain}}, Rows: rows,
		Empty: "Types of components are not recorded.",
	}
}

func products(all []questionnaires.ListedProduct) Table {
	rows := make([]Row, len(all))
	for i, p := range all {
		rows[i] = Row{Cells: []Cell{
			{Text: recorded(p.Name), Note: "version: " + recorded(p.Version)},
			{Text: recorded(p.Standard)},
			{Text: recorded(p.Listing)},
			{Text: recorded(string(p.Expires))},
		}}
	}
	return Table{
		Columns: []Column{{"Product", 54, Strong}, {"Standard", 46, Plain}, {"Listing", 36, Plain}, {"Expires", 34, Plain}}, Rows: rows,
		Empty: "No listed product is recorded.",
	}
}

// declared are the zones beside the classes, and the registries that images may come
// from.
func (c *composer) declared() []Block {
	rows := []Fact{{"Trusted image registries", recorded(strings.Join(c.Scope.TrustedRegistries, ", "))}}
	rows = append(rows, thresholds(c.Scope.Thresholds)...)
	for _, zone := range sortedKeys(c.Scope.Zones) {
		var parts []string
		for _, s := range c.Scope.Zones[zone] {
			what := "all namespaces"
			if len(s.Namespaces) > 0 {
				what = strings.Join(s.Namespaces, ", ")
			}
			parts = append(parts, fmt.Sprintf("%s of %s", what, c.cluster(s.Target)))
		}
		rows = append(rows, Fact{"Zone " + zone, strings.Join(parts, "; ")})
	}
	blocks := []Block{Heading{Level: 2, Text: "Declared for the evidence"}, Facts{Rows: rows}}
	if len(c.Scope.Connections) == 0 {
		return blocks
	}
	table := Table{Columns: []Column{{"From", 44, Plain}, {"To", 44, Plain}, {"Ports", 36, Plain}, {"Business reason", 46, Plain}}}
	for _, d := range c.Scope.Connections {
		table.Rows = append(table.Rows, Row{Cells: []Cell{{Text: d.From}, {Text: d.To}, {Text: d.Ports}, {Text: recorded(d.Why)}}})
	}
	return append(blocks, Heading{Level: 2, Text: "Connections that are needed"}, table)
}

// thresholds are the numbers of the entity's own by which the checks judge.
func thresholds(t questionnaires.Thresholds) []Fact {
	var rows []Fact
	for _, check := range sortedKeys(t.Limits) {
		rows = append(rows, Fact{"Limit of " + check, fmt.Sprintf("%d may before a person has to look", t.Limits[check])})
	}
	if t.SecretDays > 0 {
		rows = append(rows, Fact{"Oldest values of Secrets", fmt.Sprintf("%d days", t.SecretDays)})
	}
	if t.ScanDays > 0 {
		rows = append(rows, Fact{"Oldest reports of scanners", fmt.Sprintf("%d days", t.ScanDays)})
	}
	return rows
}

// cluster is what people call a target, "" standing for all.
func (c *composer) cluster(id string) string {
	if id == "" {
		return "every cluster"
	}
	for _, t := range c.Targets {
		if t.ID == id {
			return cmp.Or(t.Name, id)
		}
	}
	return id
}

// classes lists everything that has a class, the strictest first, with what keeps an
// out-of-scope namespace apart.
func (c *composer) classes() []Block {
	all := c.Assessment.Classes()
	rows := make([]Row, len(all))
	for i, k := range all {
		justification := Cell{Text: recorded(k.Justification)}
		if k.Derived {
			justification.Note = "Nobody said so: it follows from what others are classed as."
		}
		if k.Class == questionnaires.OutOfScope || !k.Separation.IsZero() {
			for _, name := range questionnaires.SeparationNames() {
				s := k.Separation.Separator(name)
				justification.Facts = append(justification.Facts, Fact{"Separation of " + name, recorded(s.Statement) + "\nEvidence: " + c.labels(s.Evidence)})
			}
		}
		name := k.Kind.Title()
		if k.Name != "" {
			name += " " + k.Name
		}
		rows[i] = Row{Cells: []Cell{{Text: name, Note: "in " + c.cluster(k.Target)}, {Pill: classPill(k.Class)}, justification}}
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Classes"},
		Paragraph{Text: "What each part of the systems has to do with card data. What nobody classed is in scope until somebody shows that it is not."},
		Table{Columns: []Column{{"What is classed", 52, Strong}, {"Class", 44, Plain}, {"Justification", 74, Plain}}, Rows: rows, Empty: "Nothing is classed."},
	}
	for _, t := range c.Targets {
		if open := c.Scope.Unclassed(t.ID, t.Namespaces); len(open) > 0 {
			blocks = append(blocks, Paragraph{Text: "Nobody has classed of " + cmp.Or(t.Name, t.ID) + ": " + strings.Join(open, ", ") + "."})
		}
	}
	return blocks
}

func classPill(c questionnaires.Class) Pill {
	switch c {
	case questionnaires.CardholderEnvironment:
		return Pill{c.Title(), Bad}
	case questionnaires.SecurityImpacting:
		return Pill{c.Title(), Warn}
	case questionnaires.ConnectedTo:
		return Pill{c.Title(), Info}
	case questionnaires.OutOfScope:
		return Pill{c.Title(), Muted}
	case questionnaires.Unclassed:
	}
	return Pill{questionnaires.Unclassed.Title(), Open}
}
