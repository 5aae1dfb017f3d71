package checks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tickmark/engine"
)

const trivyGroup = "aquasecurity.github.io"

var (
	vulnerabilityReportKind        = engine.Kind{Group: trivyGroup, Kind: "VulnerabilityReport"}
	clusterVulnerabilityReportKind = engine.Kind{Group: trivyGroup, Kind: "ClusterVulnerabilityReport"}
	exposedSecretReportKind        = engine.Kind{Group: trivyGroup, Kind: "ExposedSecretReport"}
	imageManifestVulnKind          = engine.Kind{Group: "secscan.quay.redhat.com", Kind: "ImageManifestVuln"}
	manifestSummaryKind            = engine.Kind{Group: "spdx.softwarecomposition.kubescape.io", Kind: "VulnerabilityManifestSummary"}
)

// scanReport is what a scanner left in the cluster about one image, without the
// thousands of vulnerabilities that may be in it: counts, and the first of the
// grave ones.
type scanReport struct {
	object    *engine.Object
	owner     engine.Ref // of the workload it was made for, without UID; zero where it does not say
	container string
	image     image // what was scanned; its digest may be of a configuration where it has a tag
	scanner   string
	updated   time.Time // zero where it does not say
	os        osRelease
	counts    severityCounts
	counted   bool     // a summary was there
	listed    bool     // it lists what it found
	found     []string // the first of the critical and high ones that have a fix, or of the secrets, in words
	fixable   int      // of the critical and high ones listed
	unfixed   int
}

type osRelease struct {
	Family string `json:"family"`
	Name   string `json:"name"`
	EOSL   bool   `json:"eosl"`
}

// severityCounts is a report's summary.
type severityCounts struct {
	Critical int `json:"criticalCount"`
	High     int `json:"highCount"`
	Medium   int `json:"mediumCount"`
	Low      int `json:"lowCount"`
	Unknown  int `json:"unknownCount"`
}

func (c severityCounts) all() int { return c.Critical + c.High + c.Medium + c.Low + c.Unknown }

type vulnerability struct {
	ID        string `json:"vulnerabilityID"`
	Resource  string `json:"resource"`
	Installed string `json:"installedVersion"`
	Fixed     string `json:"fixedVersion"`
	Severity  string `json:"severity"`
}

// mostFound bounds what of a report's list is kept for a sentence.
const mostFound = 20

// take counts the critical and high ones of a list and keeps the first of those
// that have a fix.
func (r *scanReport) take(list []vulnerability) {
	for _, found := range list {
		severity := strings.ToUpper(found.Severity)
		switch {
		case severity != "CRITICAL" && severity != "HIGH":
			continue
		case strings.TrimSpace(found.Fixed) == "":
			r.unfixed++
			continue
		}
		r.fixable++
		if len(r.found) < mostFound {
			r.found = append(r.found, fmt.Sprintf("%s %s in %s %s, fixed in %s", severity, brief(found.ID), brief(found.Resource),
				brief(found.Installed), brief(found.Fixed)))
		}
	}
}

// brief makes text from outside short and plain enough for a sentence.
func brief(s string) string {
	const most = 80
	if len(s) > 8*most {
		s = s[:8*most]
	}
	plain := []rune(strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsGraphic(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))), " "))
	if len(plain) > most {
		return string(plain[:most]) + "..."
	}
	return string(plain)
}

// trivyReport is a VulnerabilityReport or ClusterVulnerabilityReport as the Trivy
// operator writes it; ExposedSecretReports begin in the same way.
type trivyReport struct {
	Metadata struct {
		Labels map[string]string `json:"labels"`
		Owners []struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Name       string `json:"name"`
			Controller bool   `json:"controller"`
		} `json:"ownerReferences"`
	} `json:"metadata"`
	Report struct {
		Updated  string `json:"updateTimestamp"`
		Registry struct {
			Server string `json:"server"`
		} `json:"registry"`
		Artifact struct {
			Repository string `json:"repository"`
			Tag        string `json:"tag"`
			Digest     string `json:"digest"`
		} `json:"artifact"`
		Scanner struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"scanner"`
		OS              osRelease       `json:"os"`
		Summary         *severityCounts `json:"summary"`
		Vulnerabilities vulnerabilities `json:"vulnerabilities"`
		Secrets         exposedSecrets  `json:"secrets"`
	} `json:"report"`
}

// vulnerabilities is a list that is counted while it is read, so that a report of
// thousands is not held.
type vulnerabilities struct {
	scanReport
	listed bool
}

// UnmarshalJSON counts what is grave and lets the rest go.
func (l *vulnerabilities) UnmarshalJSON(raw []byte) error {
	var list []vulnerability
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	l.listed = list != nil
	l.take(list)
	return nil
}

// exposedSecrets is a list of what looked like secrets in the files of an image.
// What was matched is not read.
type exposedSecrets []string

// UnmarshalJSON keeps which rule found something where.
func (l *exposedSecrets) UnmarshalJSON(raw []byte) error {
	var list []struct {
		Target string `json:"target"`
		Rule   string `json:"ruleID"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	*l = exposedSecrets{}
	for _, found := range list {
		*l = append(*l, brief(found.Rule)+" in "+brief(found.Target))
	}
	return nil
}

// labelled returns the value of the label of a scanner's operator that ends so.
func (t *trivyReport) labelled(name string) string {
	for _, operator := range []string{"trivy-operator", "starboard"} {
		if value := t.Metadata.Labels[operator+"."+name]; value != "" {
			return value
		}
	}
	return ""
}

// owner returns the workload a report was made for: by its labels, else by the
// object that owns it, because a name may be too long for a label.
func (t *trivyReport) owner(namespace string) engine.Ref {
	of := engine.Ref{Kind: t.labelled("resource.kind"), Namespace: cmp.Or(t.labelled("resource.namespace"), namespace), Name: t.labelled("resource.name")}
	for _, o := range t.Metadata.Owners {
		if of.Name == "" && (of.Kind == "" || of.Kind == o.Kind) {
			of.Kind, of.Name = o.Kind, o.Name
		}
	}
	if of.Name == "" {
		return engine.Ref{}
	}
	for _, k := range workloadKinds() {
		if k.Kind == of.Kind {
			of.Group = k.Group
		}
	}
	return of
}

// scanned returns the image a report names. A server that is left out is Docker
// Hub.
func (t *trivyReport) scanned() image {
	a := t.Report.Artifact
	i := image{registry: strings.ToLower(t.Report.Registry.Server), repository: a.Repository, tag: a.Tag, digest: a.Digest}
	if i.registry == "" || i.registry == "index.docker.io" {
		i.registry = "docker.io"
	}
	if i.registry == "docker.io" && !strings.Contains(i.repository, "/") {
		i.repository = "library/" + i.repository
	}
	return i
}

func (t *trivyReport) report(o *engine.Object) *scanReport {
	r := t.Report.Vulnerabilities.scanReport
	r.object, r.owner, r.container = o, t.owner(o.Ref.Namespace), t.labelled("container.name")
	r.image, r.os, r.listed = t.scanned(), t.Report.OS, t.Report.Vulnerabilities.listed || t.Report.Secrets != nil
	r.found = append(r.found, t.Report.Secrets...)
	r.scanner = strings.TrimSpace(t.Report.Scanner.Name + " " + t.Report.Scanner.Version)
	if t.Report.Summary != nil {
		r.counts, r.counted = *t.Report.Summary, true
	}
	if updated, err := time.Parse(time.RFC3339, t.Report.Updated); err == nil {
		r.updated = updated
	}
	return &r
}

// manifestSummary is Kubescape's count for one container. Its lists come without
// the counts, so that nothing there is no proof of nothing found.
type manifestSummary struct {
	Metadata struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Severities map[string]struct {
			All int `json:"all"`
		} `json:"severities"`
	} `json:"spec"`
}

func (m *manifestSummary) report(o *engine.Object) *scanReport {
	label := func(name string) string { return m.Metadata.Labels["kubescape.io/workload-"+name] }
	r := &scanReport{object: o, scanner: "Kubescape", container: label("container-name")}
	for _, k := range workloadKinds() {
		if strings.EqualFold(k.Kind, label("kind")) {
			r.owner = engine.Ref{Group: k.Group, Kind: k.Kind, Namespace: cmp.Or(label("namespace"), o.Ref.Namespace), Name: label("name")}
		}
	}
	if tagged, err := parseImage(m.Metadata.Annotations["kubescape.io/image-tag"]); err == nil {
		r.image = tagged
	}
	if id, config := ranAs(m.Metadata.Annotations["kubescape.io/image-id"]); !config && id != "" {
		r.image.digest, r.image.tag = id, ""
	}
	r.counts = severityCounts{
		Critical: m.Spec.Severities["critical"].All, High: m.Spec.Severities["high"].All,
		Medium: m.Spec.Severities["medium"].All, Low: m.Spec.Severities["low"].All, Unknown: m.Spec.Severities["unknown"].All,
	}
	r.counted = r.counts.all() > 0
	return r
}

// scanReports finds the reports of an image by the workload that runs it and by
// its digest.
type scanReports struct {
	all      []*scanReport
	byOwner  map[scanOwner][]*scanReport
	byDigest map[string][]*scanReport
}

type scanOwner struct {
	ref       engine.Ref
	container string
}

type scanReportsKey struct{ of engine.Kind }

// vulnerabilityReports returns the reports of vulnerabilities, once per view.
func vulnerabilityReports(v *engine.View) *scanReports {
	return engine.Memo(v, scanReportsKey{vulnerabilityReportKind}, func() *scanReports {
		s := scanReportsOf(v, vulnerabilityReportKind, clusterVulnerabilityReportKind)
		for _, m := range engine.All[manifestSummary](v, manifestSummaryKind) {
			s.add(m.Value.report(m.Object))
		}
		for _, m := range engine.All[imageManifestVuln](v, imageManifestVulnKind) {
			s.add(m.Value.report(m.Object))
		}
		return s
	})
}

// secretReports returns the reports of secrets in images, once per view.
func secretReports(v *engine.View) *scanReports {
	return engine.Memo(v, scanReportsKey{exposedSecretReportKind}, func() *scanReports { return scanReportsOf(v, exposedSecretReportKind) })
}

func scanReportsOf(v *engine.View, kinds ...engine.Kind) *scanReports {
	s := &scanReports{byOwner: map[scanOwner][]*scanReport{}, byDigest: map[string][]*scanReport{}}
	for _, kind := range kinds {
		for _, t := range engine.All[trivyReport](v, kind) {
			s.add(t.Value.report(t.Object))
		}
	}
	return s
}

func (s *scanReports) add(r *scanReport) {
	s.all = append(s.all, r)
	if r.owner.Name != "" {
		key := scanOwner{r.owner, r.container}
		s.byOwner[key] = append(s.byOwner[key], r)
	}
	if digestForm().MatchString(r.image.digest) {
		s.byDigest[r.image.digest] = append(s.byDigest[r.image.digest], r)
	}
}

// scanned is what reports say of a running image: those that name the content
// that runs, by its id, and those that name it only by a tag.
type scanned struct {
	contents []string // what has to be covered; none where nothing is known of it
	whole    bool     // nothing runs beside them
	proven   map[string][]*scanReport
	tagged   []*scanReport
}

// of finds the reports of a running image. A report of another digest, repository
// or tag is of another image, whatever workload it was made for. Where it names a
// tag, its digest may be that of the configuration, which a digest of a manifest
// cannot be compared with.
func (s *scanReports) of(r *runningImage) scanned {
	found := scanned{whole: true, proven: map[string][]*scanReport{}}
	for _, c := range r.contents {
		if c.id == "" {
			found.whole = false
		} else if !slices.Contains(found.contents, c.id) {
			found.contents = append(found.contents, c.id)
		}
	}
	declared, err := parseImage(r.reference)
	if err == nil && declared.digest != "" && len(r.contents) == 0 {
		found.contents = []string{declared.digest}
	}
	for _, id := range found.contents {
		found.proven[id] = s.byDigest[id]
	}
	if err != nil {
		return found
	}
	for _, maker := range r.of.members {
		for _, report := range s.byOwner[scanOwner{maker.Ref.WithoutUID(), r.container}] {
			if report.speaksOf(declared) && !slices.Contains(found.contents, report.image.digest) {
				found.tagged = append(found.tagged, report)
			}
		}
	}
	return found
}

// speaksOf reports whether r names the declared image, as far as a tag can.
func (r *scanReport) speaksOf(declared image) bool {
	if r.image.name() != declared.name() {
		return false
	}
	if declared.digest != "" {
		return r.image.digest == declared.digest
	}
	return r.image.tag != "" && r.image.tag == cmp.Or(declared.tag, "latest")
}

// newest returns the latest of reports, nil if there is none.
func newest(reports []*scanReport) *scanReport {
	var latest *scanReport
	for _, r := range reports {
		if latest == nil || r.updated.After(latest.updated) {
			latest = r
		}
	}
	return latest
}
