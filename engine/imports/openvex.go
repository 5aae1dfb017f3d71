package imports

import (
	"strings"

	"tickmark/engine/findings"
)

func fitsOpenVEX(h head) bool { return strings.Contains(textAt(h.first, "@context"), "openvex") }

type openVEXStatement struct {
	Vulnerability struct {
		Name string `json:"name"`
		ID   string `json:"@id"`
	} `json:"vulnerability"`
	Timestamp   string `json:"timestamp"`
	LastUpdated string `json:"last_updated"`
	Products    []struct {
		ID            string `json:"@id"`
		Subcomponents []struct {
			ID string `json:"@id"`
		} `json:"subcomponents"`
	} `json:"products"`
	Status          string `json:"status"`
	Justification   string `json:"justification"`
	ImpactStatement string `json:"impact_statement"`
	ActionStatement string `json:"action_statement"`
	Notes           string `json:"status_notes"`
}

// readOpenVEX reads statements of exploitability. They are no scan: nobody looked, so that
// they show nothing clean; each is kept with its author, its date and its reason.
func readOpenVEX(in *intake) error {
	h := in.head.first
	_, version, _ := strings.Cut(textAt(h, "@context"), "openvex.dev/ns/")
	in.written("OpenVEX", version, "v0.2.0")
	author := textAt(h, "author")
	issued := textAt(h, "last_updated")
	if issued == "" {
		issued = textAt(h, "timestamp")
	}
	in.report.Ran = when(issued)
	in.speaks(findings.Vulnerabilities)
	return in.walk(fields(map[string]*spot{"statements": each(taken(func(raw []byte) {
		var s openVEXStatement
		if !in.decode(raw, &s) {
			return
		}
		f := findings.Finding{Class: findings.Vulnerabilities, ID: s.Vulnerability.Name, Status: vexStatus(s.Status), Word: s.Status, Reason: s.ActionStatement}
		if f.ID == "" {
			f.ID = s.Vulnerability.ID
		}
		stated := findings.Statement{
			State: s.Status, Why: strings.Join(some(s.Justification, s.ImpactStatement, s.Notes), ": "), Author: author, Source: "an OpenVEX document", VEX: true,
		}
		for _, date := range []string{s.LastUpdated, s.Timestamp, issued} {
			if stated.Date.IsZero() {
				stated.Date = when(date)
			}
		}
		f.Statement = &stated
		for _, p := range s.Products {
			f.Subject = p.ID
			for _, below := range p.Subcomponents {
				f.Package.Name = below.ID
				in.finding(f)
			}
			if len(p.Subcomponents) == 0 {
				in.finding(f)
			}
		}
		if len(s.Products) == 0 {
			in.finding(f)
		}
	}))}))
}
