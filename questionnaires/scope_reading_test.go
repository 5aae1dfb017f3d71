package questionnaires

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// The second reading of scope and engagement: from their JSON, and without the code
// that reviews them.

func (c *checker) breaks(rule string, args ...any) {
	c.broken = append(c.broken, fmt.Sprintf(rule, args...))
}

// sole is what stands of an action. Several that differ break a rule, and so does what
// nobody enrolled set and nobody has seen since.
func (c *checker) sole(action Action, of ID) (tree, bool) {
	standing := c.last(action, of, "")[""]
	for _, p := range standing {
		if !reflect.DeepEqual(p, standing[0]) {
			c.breaks("%s: several stand", action)
		}
	}
	for _, e := range c.h.entries {
		seen := func(o Entry) bool {
			return o.Action == action && o.Assessment == of && c.h.Verify(o.ID) == nil && c.h.IsAncestor(e.ID, o.ID)
		}
		if e.Action == action && e.Assessment == of && c.h.Verify(e.ID) != nil && !slices.ContainsFunc(c.h.entries, seen) {
			c.breaks("%s: by nobody who is enrolled", action)
		}
	}
	if len(standing) == 0 {
		return nil, false
	}
	return standing[0], true
}

func branch(p tree, steps ...string) tree {
	for _, step := range steps {
		p, _ = p[step].(tree)
	}
	return p
}

func branches(p tree, key string) []tree {
	var all []tree
	for _, v := range list(p, key) {
		if inner, is := v.(tree); is {
			all = append(all, inner)
		}
	}
	return all
}

func number(p tree, key string) float64 {
	n, _ := p[key].(float64)
	return n
}

// filled reports the parts of something that nobody filled in.
func (c *checker) filled(what string, of tree, names ...string) {
	for _, name := range names {
		if text(of, name) == "" && number(of, name) <= 0 && len(list(of, name)) == 0 {
			c.breaks("%s without %s", what, name)
		}
	}
}

// each asks that nobody left out a part of an item of a list.
func (c *checker) each(of tree, key string, names ...string) {
	for _, item := range branches(of, key) {
		c.filled(key, item, names...)
	}
}

// scoping holds scope and engagement against what the form asks.
func (c *checker) scoping(id ID) {
	s, _ := c.sole(ScopeSet, "")
	c.classes(s)
	c.evidence(Requirement{}, s)
	c.evidence(Requirement{}, tree{"evidence": branch(s, "environment")["diagrams"]})
	c.evidence(Requirement{}, tree{"evidence": branch(s, "data")["inventory"]})
	for _, flow := range branches(branch(s, "data"), "flows") {
		c.evidence(Requirement{}, tree{"evidence": flow["diagrams"]})
	}
	if c.form.Scope > ScopeNotAsked {
		c.asksScope(s)
		c.asksThirdParties(s)
	}
	c.engaged(id)
	c.retained(id)
}

func (c *checker) asksScope(s tree) {
	report, provider := c.form.Scope == ReportedScope, c.form.Scope >= ProvidedScope
	entity, environment, data, confirmed := branch(s, "entity"), branch(s, "environment"), branch(s, "data"), branch(s, "confirmation")
	c.filled("scope", s, "description")
	c.filled("entity", entity, "address")
	c.filled("contact", branch(entity, "contact"), "name")
	if text(entity, "contact", "telephone")+text(entity, "contact", "email") == "" {
		c.breaks("nobody can be asked")
	}
	covered := func(p tree) bool { return text(p, "leftOut") == "" }
	channels, services := branches(s, "channels"), branches(s, "services")
	inServices := slices.ContainsFunc(services, covered)
	if !inServices && (!slices.ContainsFunc(channels, covered) || c.form.Scope == ProvidedScope) {
		c.breaks("nothing is assessed")
	}
	for _, p := range slices.Concat(channels, services) {
		if covered(p) {
			c.filled("what is assessed", p, "role")
		}
	}
	for _, p := range services {
		if covered(p) {
			c.filled("service", p, "affectsSecurity")
		}
		if covered(p) && text(p, "affectsSecurity") == "yes" {
			c.filled("service", p, "impact")
		}
	}
	c.filled("environment", environment, "locations")
	c.each(environment, "locations", "type", "count", "place")
	c.each(environment, "products", "name", "version", "standard", "listing", "expires")
	for _, p := range branches(environment, "products") {
		if text(p, "expires") < c.day {
			c.breaks("a listing expired")
		}
	}
	segmentation := branch(s, "segmentation")
	c.filled("segmentation", segmentation, "used")
	if text(segmentation, "used") == "yes" {
		c.filled("segmentation", segmentation, "built", "excludes")
	}
	if on := text(confirmed, "on"); on != "" && (on > c.day || yearAfter(on) < c.day) {
		c.breaks("the scope was confirmed on %s", on)
	}
	if provider {
		c.filled("environment", environment, "components")
		c.each(environment, "components", "count", "vendor", "product", "role")
		c.filled("confirmation", confirmed, "by", "on")
		if data["nothingStored"] != true {
			c.filled("card data", data, "stores")
		}
		c.each(data, "stores", "elements", "secured", "accessLog", "sensitive")
		for _, store := range branches(data, "stores") {
			if text(store, "sensitive") == "yes" {
				c.filled("a store", store, "sensitiveReason")
			}
		}
	}
	if report {
		c.asksReport(s)
	}
}

// asksReport is what a report asks for beyond what others do.
func (c *checker) asksReport(s tree) {
	entity, environment, data, confirmed := branch(s, "entity"), branch(s, "environment"), branch(s, "data"), branch(s, "confirmation")
	segmentation := branch(s, "segmentation")
	c.filled("entity", entity, "business", "functions")
	c.filled("environment", environment, "networks", "diagrams")
	if environment["noProducts"] != true {
		c.filled("environment", environment, "products")
	}
	if text(segmentation, "used") == "yes" {
		c.filled("segmentation", segmentation, "checked", "assessed")
	}
	if len(list(data, "stores")) > 0 {
		c.filled("card data", data, "inventory")
	}
	c.each(data, "stores", "fields")
	c.each(environment, "networks", "accountData", "purpose")
	c.filled("segmentation", segmentation, "attested")
	c.filled("card data", data, "flows")
	c.each(data, "flows", "elements", "description", "diagrams")
	c.filled("confirmation", confirmed, "method", "assessor", "difference", "excluded", "reduced", "saqCriteria")
	if text(confirmed, "saqCriteria") == "yes" {
		c.filled("confirmation", confirmed, "saqCriteriaMet")
	}
}

func (c *checker) asksThirdParties(s tree) {
	if s["noThirdParties"] != true {
		c.filled("scope", s, "thirdParties")
	}
	c.each(s, "thirdParties", "data", "purpose", "services", "does")
	inPlace := func(id string) bool {
		r := req(id)
		asked := slices.ContainsFunc(c.rows, func(row Requirement) bool { return row.ID == r })
		return asked && strings.HasPrefix(c.shown(r).Response.String(), "in-place")
	}
	for _, p := range branches(s, "thirdParties") {
		on := text(p, "aoc", "date")
		if p["coveredHere"] != true {
			c.filled("attestation", branch(p, "aoc"), "date", "version")
		}
		if on > c.day {
			c.breaks("an attestation of %s", on)
		}
		if inPlace("12.8.4") && on != "" && yearAfter(on) < c.day {
			c.breaks("12.8.4 is in place and an attestation is of %s", on)
		}
		duties := branches(p, "duties")
		if inPlace("12.8.5") && len(duties) == 0 {
			c.breaks("12.8.5 is in place and nobody answers for anything")
		}
		for _, d := range duties {
			if text(d, "party") == "both" {
				c.filled("a shared duty", d, "note")
			}
		}
	}
}

// classed are the classifications, those that were written as zones as well.
func classed(s tree) []tree {
	all := branches(s, "classes")
	for zone, class := range map[string]string{"cde": "cardholder-data-environment", "out-of-scope": "out-of-scope"} {
		for _, z := range branches(branch(s, "zones"), zone) {
			for _, name := range list(z, "namespaces") {
				all = append(all, tree{"kind": "namespace", "name": name, "target": z["target"], "class": class})
			}
		}
	}
	return all
}

// classes: what is out of scope has its reason, and beside card data four evidenced
// separations; and nothing that card data rests on is out of scope.
func (c *checker) classes(s tree) {
	all := classed(s)
	near := func(x, y tree) bool {
		return text(x, "target") == "" || text(y, "target") == "" || text(x, "target") == text(y, "target")
	}
	inCluster := func(p tree) bool {
		return text(p, "kind") != "account" && text(p, "kind") != "component" && text(p, "kind") != ""
	}
	for _, p := range all {
		cards := inCluster(p) && slices.ContainsFunc(all, func(o tree) bool {
			return inCluster(o) && text(o, "class") == "cardholder-data-environment" && near(p, o)
		})
		class, kind := text(p, "class"), text(p, "kind")
		rests := kind != "namespace" || text(p, "name") == "kube-system"
		if cards && rests && (class == "connected-to" || class == "out-of-scope") {
			c.breaks("card data rests on %s, which is %s", kind, class)
		}
		if class != "out-of-scope" {
			continue
		}
		c.filled("out of scope", p, "justification")
		if !cards || kind != "namespace" {
			continue
		}
		for _, name := range []string{"nodes", "policy", "permissions", "storage"} {
			c.filled("separation of "+name, branch(p, "separation", name), "statement", "evidence")
		}
		for _, name := range []string{"kube-system", "pay", "pay-x", "pay-dev", "wiki", "w-dev", "x-dev"} {
			for _, o := range all {
				if near(p, o) && stricter(o) && named(p, name) && named(o, name) {
					c.breaks("%s is out of scope and %s", name, text(o, "class"))
				}
			}
		}
	}
}

func stricter(p tree) bool {
	return text(p, "kind") == "namespace" && text(p, "class") != "" && text(p, "class") != "out-of-scope"
}

func named(p tree, name string) bool {
	ok, err := path.Match(text(p, "name"), name)
	return err == nil && ok
}

func (c *checker) engaged(id ID) {
	e, given := c.sole(EngagementSet, id)
	start, end := text(e, "start"), text(e, "end")
	if end != "" && (end < start || end > c.day) {
		c.breaks("the assessment is from %s to %s and the report of %s", start, end, c.day)
	}
	reviewer, qualified, qsa, leads := text(e, "reviewer", "name"), false, false, 0
	for _, a := range branches(e, "assessors") {
		if reviewer != "" && strings.EqualFold(reviewer, text(a, "name")) {
			c.breaks("%s reviews and assesses", reviewer)
		}
		role := text(a, "role")
		qsa = qsa || role == "lead" || role == "associate"
		qualified = qualified || qsa || role == "isa"
		if role == "lead" {
			leads++
		}
	}
	for _, at := range slices.Concat(branches(e, "onSite"), branches(e, "remote")) {
		from, to := text(at, "from"), text(at, "to")
		if to == "" {
			to = from
		}
		if from == "" || from > to || from < start || end != "" && to > end {
			c.breaks("from %s to %s, outside of the assessment", from, to)
		}
	}
	c.remote(e)
	sampling := branch(e, "sampling")
	c.samples(sampling)
	report := c.form.Scope == ReportedScope
	if c.form.Scope == ScopeNotAsked || !qualified && !report {
		return
	}
	c.filled("engagement", e, "assessors", "start", "end")
	c.each(e, "assessors", "role", "company")
	for _, a := range branches(e, "assessors") {
		if role := text(a, "role"); role != "other" {
			c.filled(role, a, "certificate")
		}
		if text(a, "role") == "associate" {
			c.filled("associate", a, "mentor")
		}
	}
	c.each(e, "remote", "reason")
	if !report {
		return
	}
	c.filled("engagement", e, "independence", "otherServices", "subcontractors", "years", "remoteExtent")
	if qsa {
		c.filled("officer", branch(e, "officer"), "name")
	}
	if extent := text(e, "remoteExtent"); extent == "part" || extent == "all" {
		c.filled("engagement", e, "remote")
	}
	c.filled("QA reviewer", branch(e, "reviewer"), "name", "company", "credentials")
	c.filled("sampling", sampling, "used")
	if !given || leads == 0 || len(list(e, "onSite"))+len(list(e, "remote")) == 0 {
		c.breaks("nobody leads, or nobody was there")
	}
	switch text(sampling, "used") {
	case "no":
		c.filled("no sampling", sampling, "attested")
	case "yes":
		c.filled("sampling", sampling, "rationale", "standard", "sets")
		c.each(sampling, "sets", "type", "chosen", "sampled", "population", "items")
	}
}

func (c *checker) remote(e tree) {
	extent := text(e, "remoteExtent")
	if extent == "none" && len(list(e, "remote")) > 0 || extent == "all" && len(list(e, "onSite")) > 0 {
		c.breaks("tested from elsewhere %s, and days say otherwise", extent)
	}
}

// retained: a report says who keeps its workpapers, where and how; what was said side by
// side is settled.
func (c *checker) retained(id ID) {
	standing := c.last(RetentionSet, id, "")[""]
	for _, p := range standing {
		if !reflect.DeepEqual(p, standing[0]) {
			c.breaks("retention: several stand")
		}
	}
	if c.form.Scope < ReportedScope {
		return
	}
	if len(standing) == 0 {
		standing = []tree{{}}
	}
	c.filled("retention", standing[0], "custodian", "place", "protection", "attested")
}

func (c *checker) samples(sampling tree) {
	for _, set := range branches(sampling, "sets") {
		sampled, population := number(set, "sampled"), number(set, "population")
		if number(set, "number") < 1 || sampled > population && population > 0 || sampled > 0 && float64(len(list(set, "items"))) > sampled {
			c.breaks("a sample of %v of %v", sampled, population)
		}
		if text(sampling, "used") == "no" {
			c.breaks("a sample, and none was drawn")
		}
	}
}
