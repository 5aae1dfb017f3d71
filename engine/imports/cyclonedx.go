package imports

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsCycloneDX(h head) bool { return textAt(h.first, "bomFormat") == "CycloneDX" }

type cycloneVulnerability struct {
	ID     string `json:"id"`
	Source struct {
		URL string `json:"url"`
	} `json:"source"`
	Ratings []struct {
		Severity string `json:"severity"`
	} `json:"ratings"`
	Description    string `json:"description"`
	Recommendation string `json:"recommendation"`
	Analysis       *struct {
		State         string `json:"state"`
		Justification string `json:"justification"`
		Detail        string `json:"detail"`
		FirstIssued   string `json:"firstIssued"`
		LastUpdated   string `json:"lastUpdated"`
	} `json:"analysis"`
	Affects []struct {
		Ref string `json:"ref"`
	} `json:"affects"`
}

// cyclone is what of a bill of materials is not in its vulnerabilities.
type cyclone struct {
	in         *intake
	components map[string]findings.Package // by reference
	author     string
	searched   bool // it lists a vulnerability that is no mere statement of somebody
}

const (
	maxComponents = 200_000
	maxAffected   = 500 // components that one vulnerability may name
)

// readCycloneDX reads a bill of materials and the vulnerabilities that it lists, with
// what is stated of their exploitability. Tools write an empty list whether or not they
// looked, so that an empty one says nothing.
func readCycloneDX(in *intake) error {
	h := in.head.first
	in.written("CycloneDX", textAt(h, "specVersion"), "1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
	in.report.Format = "CycloneDX JSON " + textAt(h, "specVersion")
	in.report.Ran = when(textAt(h, "metadata", "timestamp"))
	tool := item(at(h, "metadata", "tools"))
	if list := item(at(h, "metadata", "tools", "components")); list != nil {
		tool = list
	}
	if name := textAt(tool, "name"); name != "" {
		in.report.Tool.Name, in.report.Tool.Version = name, textAt(tool, "version")
	}
	of := at(h, "metadata", "component")
	in.report.Looked = findings.Artifact{Kind: textAt(of, "type"), Name: namely(textAt(of, "name"))}
	if version := textAt(of, "version"); version != "" && in.report.Looked.Name != "" {
		in.report.Looked.Digests = []string{version}
	}
	c := &cyclone{in: in, components: map[string]findings.Package{}}
	for _, who := range []string{textAt(item(at(h, "metadata", "authors")), "name"), textAt(h, "metadata", "supplier", "name"), textAt(h, "metadata", "manufacturer", "name")} {
		if c.author == "" {
			c.author = who
		}
	}
	if err := c.read(); err != nil {
		return err
	}
	in.says(fmt.Sprintf("%d components", len(c.components)))
	in.speaks(findings.Components)
	subject := findings.Subject{Name: in.report.Looked.Name, Class: findings.Vulnerabilities}
	list := each(taken(func(raw []byte) {
		var v cycloneVulnerability
		if in.decode(raw, &v) {
			c.vulnerability(v, &subject)
		}
	}))
	list.begin = func(string) { in.speaks(findings.Vulnerabilities) }
	var aggregate string
	composition := fields(map[string]*spot{"aggregate": in.into(&aggregate)})
	composition.begin = func(string) { aggregate = "" }
	composition.end = func() {
		if strings.HasPrefix(aggregate, "incomplete") && !slices.Contains(in.report.Says, aggregate) {
			in.says(aggregate)
			in.gap(in.place(), engine.Unexplained, "it says of itself that it is "+aggregate)
		}
	}
	err := in.walk(fields(map[string]*spot{"vulnerabilities": list, "compositions": each(composition)}))
	if c.searched {
		in.lookedAt(subject)
	}
	return err
}

// read reads the components, which vulnerabilities refer to.
func (c *cyclone) read() error {
	file, s, err := c.in.again()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	var ref string
	var p findings.Package
	component := fields(map[string]*spot{"bom-ref": c.in.into(&ref), "name": c.in.into(&p.Name), "version": c.in.into(&p.Installed)})
	component.begin = func(string) { ref, p = "", findings.Package{} }
	component.end = func() {
		if ref != "" && len(c.components) < maxComponents {
			c.components[ref] = p
		}
	}
	err = fields(map[string]*spot{"components": each(component)}).walk(s, "", 0)
	var broken *syntaxError
	if errors.As(err, &broken) {
		return nil // it is found again, and said, where vulnerabilities are read
	}
	return err
}

func (c *cyclone) vulnerability(v cycloneVulnerability, subject *findings.Subject) {
	f := findings.Finding{
		Class: findings.Vulnerabilities, ID: v.ID, Title: v.Description, Status: findings.Failed, Subject: c.in.report.Looked.Name,
		Reason: v.Recommendation, References: some(v.Source.URL),
	}
	for _, r := range v.Ratings {
		if rated := findings.Rate(r.Severity); rated >= f.Severity {
			f.Severity, f.Rating = rated, r.Severity
		}
	}
	f.Status, f.Statement = c.stated(v)
	c.searched = c.searched || f.Statement == nil
	if f.Statement != nil {
		f.Word = f.Statement.State
	}
	take := func() {
		subject.Counts.Add(f)
		c.in.finding(f)
	}
	for i, a := range v.Affects {
		if i == maxAffected {
			c.in.gap(c.in.stream.line(), engine.TooLarge, fmt.Sprintf("%s names more than %d components", v.ID, maxAffected))
			break
		}
		f.Location = a.Ref
		if f.Package = c.components[a.Ref]; f.Package.Name == "" {
			f.Package.Name = a.Ref
		}
		take()
	}
	if len(v.Affects) == 0 {
		take()
	}
}

// stated is what is said of a vulnerability's exploitability.
func (c *cyclone) stated(v cycloneVulnerability) (findings.Status, *findings.Statement) {
	a := v.Analysis
	if a == nil || a.State == "" {
		return findings.Failed, nil
	}
	s := &findings.Statement{State: a.State, Why: a.Justification, Author: c.author, Source: "the bill of materials", VEX: true}
	if a.Detail != "" {
		s.Why += ": " + a.Detail
	}
	for _, date := range []string{a.LastUpdated, a.FirstIssued, textAt(c.in.head.first, "metadata", "timestamp")} {
		if s.Date.IsZero() {
			s.Date = when(date)
		}
	}
	return vexStatus(a.State), s
}

// vexStatus reads the states that CycloneDX and OpenVEX have.
func vexStatus(state string) findings.Status {
	switch state {
	case "exploitable", "affected":
		return findings.Failed
	case "in_triage", "under_investigation":
		return findings.Manual
	case "not_affected", "false_positive", "resolved", "resolved_with_pedigree", "fixed":
		return findings.Suppressed
	}
	return findings.Unclear
}
