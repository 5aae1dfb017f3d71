package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// fact prints one line of what was recorded, if it says anything.
func (d *door) fact(label string, parts ...string) {
	parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(parts) > 0 {
		fmt.Fprintf(d.out, "%-11s %s\n", label, theme.Clean(strings.Join(parts, ", ")))
	}
}

// amount is a number with what is counted, "" for none.
func amount(n int, of string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, of)
}

// counting is a number behind what is counted, "" for none.
func counting(of string, n int) string { return marked(of, amount(n, "")) }

// marked is a text behind what it is about, "" where there is none.
func marked(what, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return what + " " + text
}

func (d *door) printScope(s questionnaires.Scope) {
	d.fact("about", s.Description)
	d.printEntity(s)
	for _, f := range s.Data.Flows {
		d.fact("flow", f.Name, f.Elements, counting("diagrams:", len(f.Diagrams)))
	}
	for _, t := range s.Data.Stores {
		d.fact("store", t.Name, t.Kind, t.Fields, t.Elements)
	}
	d.fact("inventory", counting("items of evidence:", len(s.Data.Inventory)))
	if s.Data.NothingStored {
		d.fact("store", "no account data is kept")
	}
	d.printEnvironment(s)
	for _, p := range s.ThirdParties {
		here := ""
		if p.CoveredHere {
			here = "covered by this assessment"
		}
		d.fact("third party", p.Name, p.Purpose, marked("attested", string(p.Attestation.Date)), here, marked("it", did(p)), amount(len(p.Duties), "responsibilities"))
	}
	if s.NoThirdParties {
		d.fact("third party", "there are none")
	}
	d.printConfirmation(s.Confirmation)
	d.printClasses(s)
	if len(s.TrustedRegistries) == 0 {
		d.fact("registries", "none declared as trusted")
	}
	for _, r := range s.TrustedRegistries {
		d.fact("registry", r)
	}
	for _, c := range s.Connections {
		d.fact("connection", c.String(), c.Why)
	}
	d.printThresholds(s.Thresholds)
}

func (d *door) printConfirmation(c questionnaires.ScopeConfirmation) {
	d.fact("confirmed", string(c.On), marked("by", c.By))
	d.fact("left out", c.Excluded)
	d.fact("reduced by", c.Reduced)
	d.fact("criteria", marked("of a self-assessment used:", c.Criteria.String()), c.CriteriaMet)
}

// did is what a third party does, "" where it is not said.
func did(p questionnaires.ThirdParty) string {
	all := make([]string, len(p.Does))
	for i, in := range p.Does {
		all[i] = in.Title()
	}
	return strings.Join(all, "; ")
}

// printThresholds prints the numbers by which evidence is judged in place of the
// checks' own.
func (d *door) printThresholds(t questionnaires.Thresholds) {
	for _, line := range t.Lines() {
		d.fact("limit", line)
	}
	d.fact("secrets", amount(t.SecretDays, "days old at most"))
	d.fact("scans", amount(t.ScanDays, "days old at most"))
}

func (d *door) printEntity(s questionnaires.Scope) {
	e := s.Entity
	d.fact("entity", e.TradingAs, e.Address, e.Website)
	d.fact("business", e.Business, e.Functions)
	d.fact("contact", e.Contact.Name, e.Contact.Title, e.Contact.Telephone, e.Contact.Email)
	for _, u := range s.Channels {
		d.fact("channel", u.Channel.String(), u.Role, marked("left out:", u.LeftOut))
	}
	for _, v := range s.Services {
		d.fact("service", v.Name, v.Type, v.Role, marked("could affect security:", v.Affects.String()), v.Impact, marked("left out:", v.LeftOut))
		for _, e := range v.Exceptions {
			d.fact("exception", v.Name, e.Requirement.String(), e.Response.Title(), e.Reason)
		}
	}
}

func (d *door) printEnvironment(s questionnaires.Scope) {
	d.fact("drawn", counting("diagrams of networks:", len(s.Environment.Diagrams)))
	for _, n := range s.Environment.Networks {
		d.fact("network", n.Name, marked("account data:", n.AccountData.String()), n.Purpose)
	}
	for _, l := range s.Environment.Locations {
		d.fact("location", l.Type, amount(l.Count, "of them"), l.Place)
	}
	for _, c := range s.Environment.Components {
		d.fact("component", c.Type, amount(c.Count, "of them"), c.Vendor, c.Product, c.Role)
	}
	for _, p := range s.Environment.Products {
		d.fact("product", p.Name, p.Version, p.Standard, p.Listing, marked("until", string(p.Expires)))
	}
	if s.Environment.NoProducts {
		d.fact("product", "none that PCI SSC lists")
	}
	if used := s.Segmentation.Used.String(); used != "" {
		d.fact("segmented", used, s.Segmentation.Built, marked("excludes", s.Segmentation.Excludes))
		d.fact("effective", s.Segmentation.Checked, marked("what segments was assessed:", s.Segmentation.Assessed.String()), marked("attested by", s.Segmentation.Attested))
	}
}

// printClasses prints by what evidence is judged: the classes, and zones of other
// names.
func (d *door) printClasses(s questionnaires.Scope) {
	zones := s.EvidenceZones()
	if len(zones[questionnaires.CardholderData]) == 0 {
		d.fact("zones", "no cardholder data environment is declared: no namespace is known to hold cardholder data")
	}
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		for _, z := range zones[zone] {
			fmt.Fprintf(d.out, "zone        %s: %s in %s\n", theme.Clean(zone), theme.Clean(cmp.Or(strings.Join(z.Namespaces, ", "), "everything")), theme.Clean(cmp.Or(z.Target, "every target")))
		}
	}
	for _, c := range s.Classed() {
		if c.Class == questionnaires.CardholderEnvironment && c.Justification == "" {
			continue // the zone says it
		}
		d.fact("class", c.Selection.String()+": "+c.Class.String(), c.Justification)
	}
}

// printUnclassed names of each target the namespaces that were there when it was
// collected last, and that nobody classed.
func (d *door) printUnclassed(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment) error {
	runs, err := a.History().Runs()
	if err != nil {
		return err
	}
	last := map[string]questionnaires.TargetSeen{}
	for _, run := range runs {
		for _, seen := range run.Targets {
			if before, known := last[seen.Target.ID]; !known || !seen.Ended.Before(before.Ended) {
				last[seen.Target.ID] = seen
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		snapshot, err := v.Snapshot(ctx, last[id].Snapshot)
		if err != nil {
			return err
		}
		if unclassed := a.Scope().Unclassed(id, namespacesOf(snapshot)); len(unclassed) > 0 {
			d.fact("unclassed", strings.Join(unclassed, ", ")+" in "+id+" (in scope until it is shown that they are not)")
		}
	}
	return nil
}

// namespacesOf returns the namespaces that a snapshot saw.
func namespacesOf(s engine.Snapshot) []string {
	seen := map[string]bool{}
	for _, e := range s.Entries {
		if e.Ref.Group == "" && e.Ref.Kind == "Namespace" {
			seen[e.Ref.Name] = true
		} else if e.Ref.Namespace != "" {
			seen[e.Ref.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
