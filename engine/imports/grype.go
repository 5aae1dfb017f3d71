package imports

import (
	"cmp"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsGrype(h head) bool {
	return isList(h.first, "matches") && (textAt(h.first, "descriptor", "name") == "grype" || has(h.first, "source", "distro"))
}

type grypeMatch struct {
	Vulnerability struct {
		ID          string `json:"id"`
		DataSource  string `json:"dataSource"`
		Severity    string `json:"severity"`
		Description string `json:"description"`
		Fix         struct {
			Versions []string `json:"versions"`
			State    string   `json:"state"`
		} `json:"fix"`
	} `json:"vulnerability"`
	Artifact struct {
		Name      string `json:"name"`
		Version   string `json:"version"`
		Locations []struct {
			Path string `json:"path"`
		} `json:"locations"`
	} `json:"artifact"`
	AppliedIgnoreRules []map[string]any `json:"appliedIgnoreRules"`
}

func (m grypeMatch) finding(subject string) findings.Finding {
	f := findings.Finding{
		Class: findings.Vulnerabilities, ID: m.Vulnerability.ID, Title: m.Vulnerability.Description, Status: findings.Failed,
		Word: m.Vulnerability.Fix.State, Severity: findings.Rate(m.Vulnerability.Severity), Rating: m.Vulnerability.Severity, Subject: subject,
		References: some(m.Vulnerability.DataSource),
		Package:    findings.Package{Name: m.Artifact.Name, Installed: m.Artifact.Version, Fixed: strings.Join(m.Vulnerability.Fix.Versions, ", ")},
	}
	if len(m.Artifact.Locations) > 0 {
		f.Location = m.Artifact.Locations[0].Path
	}
	return f
}

// readGrype reads what `grype -o json` writes.
func readGrype(in *intake) error {
	h := in.head.first
	in.report.Tool.Version = textAt(h, "descriptor", "version")
	in.report.Ran = when(textAt(h, "descriptor", "timestamp"))
	for _, db := range []any{at(h, "descriptor", "db"), at(h, "descriptor", "db", "status")} {
		if built := when(textAt(db, "built")); !built.IsZero() {
			in.report.Database.Built = built
		}
		if version := textAt(db, "schemaVersion"); version != "" {
			in.report.Database.Version = version
		}
		if wrong := textAt(db, "error"); wrong != "" || at(db, "valid") == false {
			in.gap(0, engine.Unexplained, "Grype says that its database is not valid: "+cmp.Or(wrong, "no cause is named"))
		}
	}
	kind, name := textAt(h, "source", "type"), textAt(h, "source", "target", "userInput")
	if target := textAt(h, "source", "target"); target != "unknown" {
		name = cmp.Or(name, target)
	}
	if kind == "directory" || kind == "file" {
		kind = "folder"
	}
	in.report.Looked = findings.Artifact{Kind: kind, Name: namely(name), Digests: append(
		texts(at(h, "source", "target", "repoDigests")), some(textAt(h, "source", "target", "manifestDigest"), textAt(h, "source", "target", "imageID"))...)}
	for _, option := range []string{"only-fixed", "only-notfixed", "ignore-wontfix"} {
		switch set := at(h, "descriptor", "configuration", option).(type) {
		case bool:
			if set {
				in.report.LeftOut = append(in.report.LeftOut, option)
			}
		case string:
			if set != "" {
				in.report.LeftOut = append(in.report.LeftOut, option+" "+set)
			}
		}
	}
	for _, excluded := range texts(at(h, "descriptor", "configuration", "exclude")) {
		in.report.LeftOut = append(in.report.LeftOut, "exclude "+excluded)
	}
	subject := findings.Subject{Name: in.report.Looked.Name, Class: findings.Vulnerabilities, Type: strings.TrimSpace(textAt(h, "distro", "name") + " " + textAt(h, "distro", "version"))}
	alerted := map[[2]string]bool{}
	match := taken(func(raw []byte) {
		var m grypeMatch
		if in.decode(raw, &m) {
			f := m.finding(subject.Name)
			f.Statement, f.Status = m.ignored(f.Status)
			subject.Counts.Add(f)
			in.finding(f)
		}
	})
	alert := taken(func(raw []byte) {
		if f, is := in.grypeAlert(raw, alerted); is {
			f.Subject = subject.Name
			subject.Counts.Add(f)
			in.finding(f)
		}
	})
	in.speaks(findings.Vulnerabilities)
	err := in.walk(fields(map[string]*spot{
		"matches": each(match), "ignoredMatches": each(match), "alertsByPackage": each(fields(map[string]*spot{"alerts": each(alert)})),
	}))
	in.lookedAt(subject)
	return err
}

// ignored is why a match does not count, if a rule says so.
func (m grypeMatch) ignored(otherwise findings.Status) (*findings.Statement, findings.Status) {
	if len(m.AppliedIgnoreRules) == 0 {
		return nil, otherwise
	}
	s := &findings.Statement{Source: "an ignore rule"}
	for _, rule := range m.AppliedIgnoreRules {
		for _, name := range []string{"vex-status", "vex_status"} {
			if state := textAt(rule, name); state != "" {
				s.State, s.VEX, s.Source = state, true, "a statement of exploitability"
			}
		}
		for _, name := range []string{"reason", "vex-justification", "vex_justification"} {
			if why := textAt(rule, name); why != "" {
				s.Why = why
			}
		}
	}
	return s, findings.Suppressed
}

// grypeAlert is what Grype says of packages beside vulnerabilities, once for all of them: that
// their system is out of support, or one in which it does not look.
func (in *intake) grypeAlert(raw []byte, told map[[2]string]bool) (findings.Finding, bool) {
	var a struct {
		Type     string `json:"type"`
		Message  string `json:"message"`
		Metadata struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"metadata"`
	}
	if !in.decode(raw, &a) {
		return findings.Finding{}, false
	}
	key := [2]string{a.Type, cmp.Or(strings.TrimSpace(a.Metadata.Name+" "+a.Metadata.Version), a.Message)}
	if told[key] || len(told) >= headMembers {
		return findings.Finding{}, false
	}
	told[key] = true
	f := findings.Finding{Class: findings.Vulnerabilities, ID: a.Type, Title: a.Message, Status: findings.Errored, Word: a.Type}
	if a.Type == "distro-eol" {
		f.Status = findings.Failed
	}
	return f, true
}
