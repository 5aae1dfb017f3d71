package imports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
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

// kubescapeScan is what of a file is read beside the results of a resource at hand.
type kubescapeScan struct {
	in       *intake
	controls map[string]any // of the summary, by id
	named    map[string]bool
	failed   map[string]bool // controls that a resource failed
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
	for _, way := range [][2]string{{"excludedNamespaces", "without namespace "}, {"includeNamespaces", "only namespace "}} {
		for _, name := range some(texts(at(h, "metadata", "scanMetadata", way[0]))...) {
			in.report.LeftOut = append(in.report.LeftOut, way[1]+name)
		}
	}
	frameworks, _ := at(h, "summaryDetails", "frameworks").([]any)
	for _, f := range frameworks {
		if name := textAt(f, "name"); name != "" {
			in.says(strings.TrimSpace("framework " + name + " " + numberAt(f, "complianceScore").String()))
		}
	}
	in.speaks(findings.Configuration)
	k := &kubescapeScan{in: in, named: map[string]bool{}, failed: map[string]bool{}}
	k.controls, _ = at(h, "summaryDetails", "controls").(map[string]any)
	err := in.walk(fields(map[string]*spot{"results": each(k.result()), "scanCoverage": k.coverage()}))
	if err == nil {
		k.settle()
	}
	return err
}

// result reads what a resource came to, control by control.
func (k *kubescapeScan) result() *spot {
	in := k.in
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
			f := c.finding(k.controls[c.ControlID])
			f.Subject = resource
			subject.Counts.Add(f)
			in.finding(f)
			if _, summed := k.controls[c.ControlID]; summed {
				k.named[c.ControlID] = true
				k.failed[c.ControlID] = k.failed[c.ControlID] || f.Status == findings.Failed
			}
		}
		in.lookedAt(subject)
	}
	return result
}

// coverage reads what kubescape says that it could not look at: kinds that it could not list
// pass their controls by what is not there.
func (k *kubescapeScan) coverage() *spot {
	in := k.in
	lost := func(what string) *spot {
		return each(taken(func(raw []byte) {
			var of struct {
				GVR       string   `json:"gvr"`
				Selector  string   `json:"selector"`
				Error     string   `json:"error"`
				ControlID string   `json:"controlID"`
				Missing   []string `json:"missingGVRs"`
				Component string   `json:"component"`
				Reason    string   `json:"reason"`
			}
			if !in.decode(raw, &of) {
				return
			}
			words := some(of.GVR, of.Selector, of.ControlID, of.Component)
			because := append(some(of.Error, of.Reason), of.Missing[:min(len(of.Missing), maxList)]...)
			in.gap(in.place(), engine.Unexplained, fmt.Sprintf("kubescape could not %s %s: %s", what, strings.Join(words, " "), strings.Join(because, ", ")))
		}))
	}
	return fields(map[string]*spot{
		"failedGVRPulls": lost("list"), "partialGVRPulls": lost("list all of"), "notEvaluatedControls": lost("evaluate"), "policyDegradations": lost("load"),
	})
}

// settle takes what the summary says of controls of which no resource does: some were not
// evaluated, or are a person's to look at. One that is said to fail has to have a resource that does.
func (k *kubescapeScan) settle() {
	for _, id := range slices.Sorted(maps.Keys(k.controls)) {
		of := k.controls[id]
		c := kubescapeControl{ControlID: id, Name: textAt(of, "name")}
		c.Status.Status = cmp.Or(textAt(of, "statusInfo", "status"), textAt(of, "status"))
		c.Status.SubStatus = cmp.Or(textAt(of, "statusInfo", "subStatus"), textAt(of, "subStatus"))
		c.Status.Info = textAt(of, "statusInfo", "info")
		f := c.finding(of)
		switch {
		case f.Status == findings.Failed && !k.failed[id]:
			k.in.gap(0, engine.Unexplained, fmt.Sprintf("kubescape says that %s failed, and lists no resource that failed it", id))
		case f.Status == findings.Errored, f.Status == findings.Manual && !k.named[id]:
			k.in.finding(f)
		}
	}
}

// finding is what came of a control, which the summary rates.
func (c kubescapeControl) finding(summed any) findings.Finding {
	f := findings.Finding{
		Class: findings.Configuration, ID: c.ControlID, Title: c.Name, Word: strings.TrimSpace(c.Status.Status + " " + c.Status.SubStatus), Reason: c.Status.Info,
	}
	score := numberAt(summed, "scoreFactor")
	f.Rating = score.String()
	if n, err := score.Float64(); err == nil {
		f.Severity = scored(n)
	}
	if c.Status.Status == "" {
		c.Status.Status = c.ruled()
		f.Word = c.Status.Status
	}
	f.Status = kubescapeStatus(c.Status.Status, strings.ToLower(c.Status.SubStatus))
	if strings.Contains(strings.ToLower(c.Status.SubStatus), "exception") {
		f.Statement = &findings.Statement{Why: c.Status.Info, Source: "an exception of kubescape"}
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

// kubescapeStatus reads kubescape's two words. What failed fails, where an exception only
// acknowledges it too; what passed with a word that is not known may not have been looked at.
func kubescapeStatus(status, sub string) findings.Status {
	switch {
	case status == "failed":
		return findings.Failed
	case strings.Contains(sub, "exception"):
		return findings.Suppressed
	case strings.Contains(sub, "review"), strings.Contains(sub, "configuration"), strings.Contains(sub, "integration"):
		return findings.Manual
	case strings.ReplaceAll(sub, " ", "") == "notevaluated":
		return findings.Errored
	case sub == "irrelevant" && status == "passed", status == "skipped":
		return findings.Skipped
	case status == "passed" && sub == "":
		return findings.Passed
	}
	return findings.Unclear
}

// ruled is what came of a control by its rules, as versions leave it that do not say it of
// the control: failed if one did, passed if all did, "" otherwise.
func (c kubescapeControl) ruled() string {
	said := ""
	for i, r := range c.Rules {
		switch {
		case r.Status == "failed":
			return r.Status
		case i == 0:
			said = r.Status
		case r.Status != said:
			said = ""
		}
	}
	if said != "passed" {
		return ""
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

// kubescapeArtifact is what was scanned. Kubescape writes the context of the day's kubeconfig of
// every scan, of a folder too, so that it names a cluster only where the scan was of one.
func kubescapeArtifact(h any) findings.Artifact {
	target := at(h, "metadata", "targetMetadata")
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
		if name := namely(textAt(target, way.at...)); name != "" {
			return findings.Artifact{Kind: way.kind, Name: name}
		}
	}
	of, _ := target.(map[string]any)
	for kind := range of {
		if kind != "clusterContextMetadata" {
			return findings.Artifact{}
		}
	}
	if _, live := at(h, "clusterAPIServerInfo").(map[string]any); !live && len(of) == 0 {
		return findings.Artifact{}
	}
	if name := cmp.Or(textAt(h, "metadata", "clusterMetadata", "contextName"), textAt(h, "clusterName")); name != "" {
		return findings.Artifact{Kind: "cluster", Name: name}
	}
	return findings.Artifact{}
}
