package imports

import (
	"fmt"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsKubescape(h head) bool {
	return has(h.first, "summaryDetails") && (isList(h.first, "results") || isList(h.first, "resources") || has(h.first, "generationTime"))
}

type kubescapeControl struct {
	ControlID string `json:"controlID"`
	Name      string `json:"name"`
	Status    struct {
		Status    string `json:"status"`
		SubStatus string `json:"subStatus"`
		Info      string `json:"info"`
	} `json:"status"`
	Rules []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
		Paths  []struct {
			FailedPath string `json:"failedPath"`
		} `json:"paths"`
	} `json:"rules"`
}

// readKubescape reads what `kubescape scan --format json` writes, results by resource.
// A context or a folder is what a person called it, so that nothing is joined by it.
func readKubescape(in *intake) error {
	h := in.head.first
	in.report.Ran = when(textAt(h, "generationTime"))
	in.report.Tool.Version = textAt(h, "metadata", "scanMetadata", "kubescapeVersion")
	if in.report.Tool.Version == "" {
		in.report.Tool.Version = textAt(h, "scannerVersion")
	}
	in.report.Looked = kubescapeArtifact(h)
	frameworks, _ := at(h, "summaryDetails", "frameworks").([]any)
	for _, f := range frameworks {
		if name := textAt(f, "name"); name != "" {
			in.says(strings.TrimSpace("framework " + name + " " + numberAt(f, "complianceScore").String()))
		}
	}
	in.speaks(findings.Configuration)
	var resource string
	var controls []kubescapeControl
	result := fields(map[string]*spot{
		"resourceID": in.into(&resource),
		"controls": each(taken(func(raw []byte) {
			var c kubescapeControl
			if len(controls) < headMembers && in.decode(raw, &c) {
				controls = append(controls, c)
			}
		})),
	})
	result.begin = func(string) { resource, controls = "", nil }
	result.end = func() {
		if len(controls) >= headMembers {
			in.gap(in.place(), engine.TooLarge, fmt.Sprintf("more than %d controls of one resource", headMembers-1))
		}
		subject := findings.Subject{Name: resource, Class: findings.Configuration}
		for _, c := range controls {
			f := c.finding(h)
			f.Subject = resource
			subject.Counts.Add(f)
			in.finding(f)
		}
		in.lookedAt(subject)
	}
	return in.walk(fields(map[string]*spot{"results": each(result)}))
}

func (c kubescapeControl) finding(h any) findings.Finding {
	f := findings.Finding{
		Class: findings.Configuration, ID: c.ControlID, Title: c.Name, Word: strings.TrimSpace(c.Status.Status + " " + c.Status.SubStatus), Reason: c.Status.Info,
	}
	score := numberAt(h, "summaryDetails", "controls", c.ControlID, "scoreFactor")
	f.Rating = score.String()
	if n, err := score.Float64(); err == nil {
		f.Severity = scored(n)
	}
	if c.Status.Status == "" {
		c.Status.Status = c.ruled()
		f.Word = c.Status.Status
	}
	sub := strings.ToLower(c.Status.SubStatus)
	switch {
	case strings.Contains(sub, "exception"):
		f.Status, f.Statement = findings.Suppressed, &findings.Statement{Why: c.Status.Info, Source: "an exception of kubescape"}
	case strings.Contains(sub, "review"), strings.Contains(sub, "configuration"), strings.Contains(sub, "integration"):
		f.Status = findings.Manual
	default:
		f.Status = map[string]findings.Status{"passed": findings.Passed, "failed": findings.Failed, "skipped": findings.Skipped}[c.Status.Status]
	}
	var paths []string
	for _, r := range c.Rules {
		for _, p := range r.Paths {
			paths = append(paths, some(p.FailedPath)...)
		}
	}
	f.Location = strings.Join(paths[:min(len(paths), 5)], ", ")
	return f
}

// ruled is what came of a control by its rules, as versions leave it that do not say it of
// the control: failed if one did, passed if all did, "" otherwise.
func (c kubescapeControl) ruled() string {
	said := ""
	for _, r := range c.Rules {
		switch {
		case r.Status == "failed":
			return r.Status
		case r.Status != "passed":
			return ""
		}
		said = r.Status
	}
	return said
}

// scored reads a score of 1 to 10, as CVSS bounds it. One of 0 says nothing: tools write
// it for what they could not rate.
func scored(n float64) findings.Severity {
	switch {
	case n >= 9:
		return findings.Critical
	case n >= 7:
		return findings.High
	case n >= 4:
		return findings.Medium
	case n > 0:
		return findings.Low
	}
	return findings.Unrated
}

func kubescapeArtifact(h any) findings.Artifact {
	context := at(h, "metadata", "contextMetadata")
	for _, way := range []struct {
		kind string
		at   []string
	}{
		{"cluster", []string{"clusterContextMetadata", "contextName"}},
		{"repository", []string{"gitRepoContextMetadata", "remoteURL"}},
		{"repository", []string{"gitRepoContextMetadata", "repo"}},
		{"chart", []string{"helmContextMetadata", "chartName"}},
		{"folder", []string{"directoryContextMetadata", "basePath"}},
		{"folder", []string{"fileContextMetadata", "filePath"}},
	} {
		if name := namely(textAt(context, way.at...)); name != "" {
			return findings.Artifact{Kind: way.kind, Name: name}
		}
	}
	if name := textAt(h, "metadata", "clusterMetadata", "contextName"); name != "" {
		return findings.Artifact{Kind: "cluster", Name: name}
	}
	if name := textAt(h, "clusterName"); name != "" {
		return findings.Artifact{Kind: "cluster", Name: name}
	}
	return findings.Artifact{}
}
