package screen

import (
	"strconv"
	"strings"

	"tickmark/engine"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

func dataFlows(needed bool) repeated[scope, questionnaires.DataFlow] {
	type f = questionnaires.DataFlow
	options := []option{{text: "no channel of its own", about: "takes the choice back"}}
	for _, c := range questionnaires.PaymentChannels() {
		options = append(options, option{value: c.String(), text: c.Title()})
	}
	return repeated[scope, f]{
		label: "Data flows", help: "The ways that card data takes: an authorisation, a settlement, a refund.", one: "data flow", many: "data flows", needed: needed,
		list: func(s *scope) *[]f { return &s.Data.Flows }, name: func(f f) string { return f.Name },
		blanks: func(p *Picture) []blank[f] {
			return []blank[f]{
				line("Name", "What it is called.", true, func(f *f) *string { return &f.Name }),
				choice("Channel", "The payment channel it belongs to.", false, options, func(f *f) string { return f.Channel.String() }, func(f *f, text string) error { return f.Channel.UnmarshalText([]byte(text)) }),
				long("Elements", "Which elements of card data take it.", true, func(f *f) *string { return &f.Elements }),
				long("Description", "Where it begins, what it passes, where it ends.", true, func(f *f) *string { return &f.Description }),
				references(p, "Diagrams", "The diagrams that show it.", needed, func(f *f) *[]questionnaires.ID { return &f.Diagrams }),
			}
		},
	}
}

func dataStores(needed bool) repeated[scope, questionnaires.DataStore] {
	type v = questionnaires.DataStore
	return repeated[scope, v]{
		label: "Data stores", help: "Where account data is kept. Sensitive authentication data is told apart: after authorisation only an issuer may keep it.", one: "data store", many: "data stores", needed: needed,
		list: func(s *scope) *[]v { return &s.Data.Stores }, name: func(v v) string { return v.Name },
		blanks: func(p *Picture) []blank[v] {
			reported := p.Assessment.Questionnaire.Scope >= questionnaires.ReportedScope
			return []blank[v]{
				line("Name", "What it is called.", true, func(v *v) *string { return &v.Name }),
				line("Kind", "Database, file, paper.", false, func(v *v) *string { return &v.Kind }),
				long("Fields", "The files, tables and fields in it.", reported, func(v *v) *string { return &v.Fields }),
				long("Elements", "Which elements of account data they hold.", true, func(v *v) *string { return &v.Elements }),
				long("Secured", "How they are secured.", true, func(v *v) *string { return &v.Secured }),
				long("Access log", "How access to it is logged.", true, func(v *v) *string { return &v.AccessLog }),
				declared("Sensitive data", "Whether it keeps sensitive authentication data.", true, func(v *v) *questionnaires.Declared { return &v.Sensitive }),
				long("Why it is kept", "Why sensitive authentication data is kept, if it is.", false, func(v *v) *string { return &v.SensitiveReason }),
			}
		},
	}
}

func networks(needed bool) repeated[scope, questionnaires.Network] {
	type n = questionnaires.Network
	return repeated[scope, n]{
		label: "Networks", help: "The networks of the entity, with account data on them or without.", one: "network", many: "networks", needed: needed,
		list: func(s *scope) *[]n { return &s.Environment.Networks }, name: func(n n) string { return n.Name },
		blanks: func(*Picture) []blank[n] {
			return []blank[n]{
				line("Name", "What it is called.", true, func(n *n) *string { return &n.Name }),
				declared("Account data", "Whether account data is on it.", true, func(n *n) *questionnaires.Declared { return &n.AccountData }),
				long("Purpose", "What it is for.", true, func(n *n) *string { return &n.Purpose }),
			}
		},
	}
}

func locations(needed bool) repeated[scope, questionnaires.Location] {
	type l = questionnaires.Location
	return repeated[scope, l]{
		label: "Locations", help: "Kinds of places, such as shops or data centres.", one: "location", many: "locations", needed: needed,
		list: func(s *scope) *[]l { return &s.Environment.Locations }, name: func(l l) string { return l.Type },
		blanks: func(*Picture) []blank[l] {
			return []blank[l]{
				line("Type", "What kind of place.", true, func(l *l) *string { return &l.Type }),
				number("Number", "How many there are.", true, func(l *l) *int { return &l.Count }),
				line("Place", "Town and country.", true, func(l *l) *string { return &l.Place }),
			}
		},
	}
}

func components(needed bool) repeated[scope, questionnaires.ComponentType] {
	type c = questionnaires.ComponentType
	return repeated[scope, c]{
		label: "Components", help: "Kinds of system components in scope.", one: "component type", many: "component types", needed: needed,
		list: func(s *scope) *[]c { return &s.Environment.Components }, name: func(c c) string { return c.Type },
		blanks: func(*Picture) []blank[c] {
			return []blank[c]{
				line("Type", "What kind of component.", true, func(c *c) *string { return &c.Type }),
				number("Number", "How many there are.", true, func(c *c) *int { return &c.Count }),
				line("Vendor", "Who makes it.", true, func(c *c) *string { return &c.Vendor }),
				line("Product", "The product and its version.", true, func(c *c) *string { return &c.Product }),
				line("Role", "What it does in the environment.", true, func(c *c) *string { return &c.Role }),
			}
		},
	}
}

func products(needed bool) repeated[scope, questionnaires.ListedProduct] {
	type l = questionnaires.ListedProduct
	return repeated[scope, l]{
		label: "Listed products", help: "Products and solutions that PCI SSC lists: terminals, P2PE solutions, payment software.", one: "product", many: "products", needed: needed,
		list: func(s *scope) *[]l { return &s.Environment.Products }, name: func(p l) string { return p.Name },
		blanks: func(*Picture) []blank[l] {
			return []blank[l]{
				line("Name", "What it is called.", true, func(l *l) *string { return &l.Name }),
				line("Version", "Its version.", true, func(l *l) *string { return &l.Version }),
				line("Standard", "The standard it was listed under.", true, func(l *l) *string { return &l.Standard }),
				line("Listing", "The number of the listing.", true, func(l *l) *string { return &l.Listing }),
				day("Expires", "When the listing expires.", true, func(l *l) *questionnaires.Day { return &l.Expires }),
			}
		},
	}
}

// classes put clusters, namespaces, accounts and components into classes.
var connections = repeated[scope, engine.Declaration]{
	label: "Connections", help: "What is needed over the edge of the cardholder data environment. What policies allow beyond it fails.", one: "connection", many: "connections",
	list: func(s *scope) *[]engine.Declaration { return &s.Connections },
	name: engine.Declaration.String,
	blanks: func(*Picture) []blank[engine.Declaration] {
		type c = engine.Declaration
		return []blank[c]{
			line("From", "NAMESPACE/WORKLOAD, patterns too; a range of addresses; {ingress-controller} or {gateway}.", true, func(c *c) *string { return &c.From }),
			line("To", "NAMESPACE/WORKLOAD, patterns too, or a range of addresses.", true, func(c *c) *string { return &c.To }),
			line("Ports", "Of the destination: TCP 8443,9000-9010,UDP 53, or All Connections.", true, func(c *c) *string { return &c.Ports }),
			line("Why", "The business reason.", true, func(c *c) *string { return &c.Why }),
		}
	},
}

var classes = repeated[scope, questionnaires.Classification]{
	label: "Classes", help: "What each cluster, namespace, account or component has to do with card data. Where several apply the strictest counts.", one: "class", many: "classes", whole: true,
	list: func(s *scope) *[]questionnaires.Classification { return &s.Classes },
	name: func(c questionnaires.Classification) string { return c.Class.Title() + ": " + c.Selection.String() },
	blanks: func(p *Picture) []blank[questionnaires.Classification] {
		type c = questionnaires.Classification
		var kinds, titles []option
		for _, k := range append([]questionnaires.Classed{questionnaires.ClusterClassed, questionnaires.NamespaceClassed, questionnaires.AccountClassed, questionnaires.ComponentClassed}, questionnaires.ClusterParts()...) {
			kinds = append(kinds, option{value: k.String(), text: k.Title()})
		}
		for _, class := range questionnaires.Classes() {
			titles = append(titles, option{value: class.String(), text: class.Title()})
		}
		targets := []option{{text: "every one", about: "takes the choice back"}}
		for _, t := range p.Seen {
			targets = append(targets, option{value: t.Target.ID, text: t.Target.Name, about: t.Target.ID})
		}
		blanks := []blank[c]{
			choice("Kind", "What kind of thing is classed.", true, kinds, func(c *c) string { return c.Kind.String() }, func(c *c, text string) error { return c.Kind.UnmarshalText([]byte(text)) }),
			line("Name", "The name of the namespace, account or component, or a pattern such as pay-*; clusters and their parts have none.", false, func(c *c) *string { return &c.Name }),
			choice("Cluster", "In which cluster.", false, targets, func(c *c) string { return c.Target }, func(c *c, text string) error { c.Target = text; return nil }),
			choice("Class", "What it has to do with card data.", true, titles, func(c *c) string { return c.Class.String() }, func(c *c, text string) error { return c.Class.UnmarshalText([]byte(text)) }),
			long("Justification", "Why it is in that class.", false, func(c *c) *string { return &c.Justification }),
		}
		return append(blanks, separations(p)...)
	},
}

// separations are what keeps an out-of-scope namespace apart from card data.
func separations(p *Picture) []blank[questionnaires.Classification] {
	type c = questionnaires.Classification
	var blanks []blank[c]
	for _, name := range questionnaires.SeparationNames() {
		title := strings.ToUpper(name[:1]) + name[1:]
		blanks = append(blanks,
			long(title+" separated", "Out of scope beside card data: what separates it by "+name+".", false, func(c *c) *string { return &c.Separation.Separator(name).Statement }),
			references(p, title+" evidence", "The evidence of that.", false, func(c *c) *[]questionnaires.ID { return &c.Separation.Separator(name).Evidence }))
	}
	return blanks
}

// number is a blank of a count.
func number[T any](label, help string, needed bool, at func(*T) *int) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: lineKind, needed: needed},
		get: func(t *T) string {
			if *at(t) == 0 {
				return ""
			}
			return strconv.Itoa(*at(t))
		},
		set: func(t *T, text string) error {
			text = strings.TrimSpace(text)
			if text == "" {
				*at(t) = 0
				return nil
			}
			n, err := strconv.Atoi(text)
			if err != nil {
				return errNoNumber(text)
			}
			*at(t) = n
			return nil
		},
	}
}

// errNoNumber says that a text is none.
type errNoNumber string

func (e errNoNumber) Error() string {
	return "read number " + strconv.Quote(theme.Clean(string(e))) + ": want digits"
}

// declared is a blank of a yes or a no that somebody has to say.
func declared[T any](label, help string, needed bool, at func(*T) *questionnaires.Declared) blank[T] {
	options := []option{{value: questionnaires.Yes, text: "yes"}, {value: questionnaires.No, text: "no"}, {text: "not said", about: "takes the choice back"}}
	return choice(label, help, needed, options, func(t *T) string { return at(t).String() }, func(t *T, text string) error { return at(t).UnmarshalText([]byte(text)) })
}

// lines is a blank of texts, one a line.
func lines[T any](label, help string, at func(*T) *[]string) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: longKind},
		get:   func(t *T) string { return strings.Join(*at(t), "\n") },
		set: func(t *T, text string) error {
			var all []string
			for _, line := range strings.Split(text, "\n") {
				if line = strings.TrimSpace(line); line != "" {
					all = append(all, line)
				}
			}
			*at(t) = all
			return nil
		},
	}
}
