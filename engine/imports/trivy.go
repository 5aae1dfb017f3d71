package imports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsTrivy(h head) bool {
	return has(h.first, "SchemaVersion", "ArtifactType") || has(h.first, "SchemaVersion", "ArtifactName") || has(h.first, "SchemaVersion", "Results")
}

func fitsTrivyCluster(h head) bool {
	return has(h.first, "ClusterName") &&
		(isList(h.first, "Resources") || isList(h.first, "Findings") || isList(h.first, "Vulnerabilities") || isList(h.first, "Misconfigurations"))
}

// readTrivy reads what `trivy image`, `fs`, `repo`, `config` and `sbom` write. It does not
// say how old the database was, nor which severities were asked for.
func readTrivy(in *intake) error {
	h := in.head.first
	in.written("Trivy's schema", numberAt(h, "SchemaVersion").String(), "2")
	in.report.Tool.Version = textAt(h, "Trivy", "Version")
	in.report.Ran = when(textAt(h, "CreatedAt"))
	kind := map[string]string{"container_image": "image", "filesystem": "folder", "vm": "machine image"}[textAt(h, "ArtifactType")]
	if kind == "" {
		kind = textAt(h, "ArtifactType")
	}
	in.report.Looked = findings.Artifact{Kind: kind, Name: namely(textAt(h, "ArtifactName")), Digests: texts(at(h, "Metadata", "RepoDigests"))}
	if id := textAt(h, "Metadata", "ImageID"); id != "" {
		in.report.Looked.Digests = append(in.report.Looked.Digests, id)
	}
	t := &trivy{in: in}
	if of := (trivySystem{textAt(h, "Metadata", "OS", "Family"), textAt(h, "Metadata", "OS", "Name")}); at(h, "Metadata", "OS", "EOSL") == true {
		f := of.ended()
		f.Subject = in.report.Looked.Name
		in.finding(f)
	}
	err := in.walk(fields(map[string]*spot{"Results": each(t.result())}))
	t.settle()
	t.defaults()
	return err
}

// defaults are what Trivy looks for unless it is told otherwise. Of secrets it says nothing
// where it found none.
func (t *trivy) defaults() {
	if !slices.Equal(t.in.report.Classes, []findings.Class{findings.Configuration}) {
		t.in.speaks(findings.Vulnerabilities, findings.Secrets)
	}
}

// readTrivyCluster reads what `trivy k8s` writes, the summary too.
func readTrivyCluster(in *intake) error {
	in.report.Looked = findings.Artifact{Kind: "cluster", Name: textAt(in.head.first, "ClusterName")}
	in.report.Ran = when(textAt(in.head.first, "CreatedAt"))
	t := &trivy{in: in}
	var namespace, kind, name string
	resource := fields(map[string]*spot{
		"Namespace": in.into(&namespace), "Kind": in.into(&kind), "Name": in.into(&name), "Metadata": taken(t.metadata), "Results": each(t.result()),
		"Error": taken(func(raw []byte) {
			var cause string
			if in.decode(raw, &cause) && cause != "" {
				in.gap(in.place(), engine.Unexplained, fmt.Sprintf("Trivy could not look at %s %s/%s: %s", kind, namespace, name, cause))
			}
		}),
	})
	resource.begin = func(string) {
		namespace, kind, name, t.ended = "", "", "", nil
		t.within = func() string { return strings.TrimSpace(kind+" "+strings.Trim(namespace+"/"+name, "/")) + ": " }
	}
	resource.end = func() {
		for _, of := range t.ended { // of which no result is
			f := of.ended()
			f.Subject = strings.TrimSuffix(t.within(), ": ")
			in.finding(f)
		}
	}
	list := each(resource)
	err := in.walk(fields(map[string]*spot{"Resources": list, "Findings": list, "Vulnerabilities": list, "Misconfigurations": list}))
	t.settle()
	t.defaults()
	return err
}

// trivy reads results.
type trivy struct {
	in                  *intake
	target, class, kind string
	subject             findings.Subject
	within              func() string // the resource of a cluster
	ended               []trivySystem // those of it that are out of support, until a result is of them
	checked             bool          // it counts what it checked of a configuration
	searched            bool          // the file lists a vulnerability, so that the packages were searched for them
	unfixed             bool          // it lists one that no version mends, so that such ones were not left out
	bare                []bareSubject // packages of which none is listed
	more                int           // of those, beyond what is kept
}

// bareSubject is a thing of which the file lists nothing, and its line.
type bareSubject struct {
	findings.Subject
	line int
}

// trivySystem is an operating system.
type trivySystem struct{ Family, Name string }

// ended is the finding that a system is out of support.
func (s trivySystem) ended() findings.Finding {
	return findings.Finding{
		Class: findings.Vulnerabilities, ID: "end-of-support", Status: findings.Failed, Word: "EOSL",
		Title: s.Family + " " + s.Name + " is out of support: what is found in it later is not published for it",
	}
}

// metadata reads what is said of a resource's images: of one, or of each of them.
func (t *trivy) metadata(raw []byte) {
	type of struct {
		OS *struct {
			Family, Name string
			EOSL         bool
		}
	}
	var all []of
	if len(raw) > 0 && raw[0] == '{' {
		all = make([]of, 1)
		t.in.decode(raw, &all[0])
	} else {
		t.in.decode(raw, &all)
	}
	for _, m := range all {
		if m.OS != nil && m.OS.EOSL && len(t.ended) < headMembers {
			t.ended = append(t.ended, trivySystem{m.OS.Family, m.OS.Name})
		}
	}
}

// settle takes packages of which no vulnerability is listed. Trivy writes them too where it
// was told to list packages, or to look for something else: only another list of the file
// shows that vulnerabilities were looked for.
func (t *trivy) settle() {
	if !t.searched {
		return
	}
	if !t.unfixed {
		t.in.report.Unsaid = append(t.in.report.Unsaid, "vulnerabilities without a fix (--ignore-unfixed): all that it lists have one")
	}
	for _, s := range t.bare {
		t.in.line = s.line
		t.in.subject(s.Subject)
	}
	t.in.line = 0
	t.in.kept.subjects += t.more
}

func (t *trivy) result() *spot {
	in := t.in
	p := fields(map[string]*spot{
		"Target": in.into(&t.target), "Class": in.into(&t.class), "Type": in.into(&t.kind),
		"Vulnerabilities":              each(taken(t.vulnerability)),
		"Misconfigurations":            each(taken(t.misconfiguration)),
		"Secrets":                      each(taken(t.secret)),
		"ExperimentalModifiedFindings": each(taken(t.modified)),
		"MisconfSummary": taken(func(raw []byte) {
			var s struct{ Successes, Failures, Exceptions int }
			if !in.decode(raw, &s) {
				return
			}
			t.checked = s.Successes+s.Failures+s.Exceptions > 0
			if len(in.report.Says) < maxList {
				in.report.Says = append(in.report.Says, fmt.Sprintf("%s: %d successes, %d failures, %d exceptions", t.name(), s.Successes, s.Failures, s.Exceptions))
			}
		}),
	})
	p.begin = func(string) { t.target, t.class, t.kind, t.subject, t.checked = "", "", "", findings.Subject{}, false }
	p.end = func() {
		class, is := map[string]findings.Class{
			"os-pkgs": findings.Vulnerabilities, "lang-pkgs": findings.Vulnerabilities, "config": findings.Configuration, "secret": findings.Secrets,
		}[t.class]
		if !is {
			return // licences, and what the results do not name
		}
		judged := t.subject.Counts.Judged()
		if t.class == "os-pkgs" {
			t.ended = slices.DeleteFunc(t.ended, func(of trivySystem) bool { // a target is called "api (debian 9.13)"
				is := strings.HasSuffix(t.target, "("+of.Family+" "+of.Name+")")
				if is {
					t.found(of.ended())
				}
				return is
			})
		}
		t.subject.Name, t.subject.Class, t.subject.Type = t.name(), class, t.kind
		switch {
		case judged:
			t.searched = t.searched || class == findings.Vulnerabilities
			in.subject(t.subject)
		case class == findings.Vulnerabilities && len(t.bare) < in.kept.mostSubjects:
			t.bare = append(t.bare, bareSubject{t.subject, in.place()})
		case class == findings.Vulnerabilities:
			t.more++
		case class == findings.Configuration && t.checked:
			in.subject(t.subject)
		}
	}
	return p
}

func (t *trivy) name() string {
	name := t.target
	if t.within != nil {
		name = t.within() + name
	}
	return name
}

// found takes a finding of the result at hand.
func (t *trivy) found(f findings.Finding) {
	f.Subject = t.name()
	t.unfixed = t.unfixed || f.Package.Name != "" && f.Package.Fixed == ""
	t.subject.Counts.Add(f)
	t.in.finding(f)
}

type trivyVulnerability struct {
	VulnerabilityID, PkgName, PkgPath, InstalledVersion, FixedVersion, Status, PrimaryURL, Severity, Title string
}

func (v trivyVulnerability) finding() findings.Finding {
	return findings.Finding{
		Class: findings.Vulnerabilities, ID: v.VulnerabilityID, Title: v.Title, Status: findings.Failed, Word: v.Status,
		Severity: findings.Rate(v.Severity), Rating: v.Severity, Location: v.PkgPath, References: some(v.PrimaryURL),
		Package: findings.Package{Name: v.PkgName, Installed: v.InstalledVersion, Fixed: v.FixedVersion},
	}
}

func (t *trivy) vulnerability(raw []byte) {
	var v trivyVulnerability
	if t.in.decode(raw, &v) {
		t.found(v.finding())
	}
}

type trivyMisconfiguration struct {
	ID, AVDID, Title, Message, Severity, PrimaryURL, Status string
	CauseMetadata                                           struct {
		Resource  string
		StartLine int
	}
}

func (m trivyMisconfiguration) finding() findings.Finding {
	f := findings.Finding{
		Class: findings.Configuration, ID: m.ID, Title: m.Title, Word: m.Status, Severity: findings.Rate(m.Severity), Rating: m.Severity,
		Location: m.CauseMetadata.Resource, Reason: m.Message, References: some(m.PrimaryURL),
	}
	if m.CauseMetadata.StartLine > 0 {
		f.Location = strings.TrimSpace(fmt.Sprintf("%s line %d", f.Location, m.CauseMetadata.StartLine))
	}
	f.Status = map[string]findings.Status{"FAIL": findings.Failed, "PASS": findings.Passed, "EXCEPTION": findings.Suppressed}[m.Status]
	return f
}

func (t *trivy) misconfiguration(raw []byte) {
	var m trivyMisconfiguration
	if t.in.decode(raw, &m) {
		t.found(m.finding())
	}
}

// secret keeps where one was found, and nothing of it.
func (t *trivy) secret(raw []byte) {
	var s struct {
		RuleID, Title, Severity string
		StartLine               int
	}
	if t.in.decode(raw, &s) {
		t.found(findings.Finding{
			Class: findings.Secrets, ID: s.RuleID, Title: s.Title, Status: findings.Failed, Severity: findings.Rate(s.Severity), Rating: s.Severity,
			Location: fmt.Sprintf("line %d", s.StartLine),
		})
	}
}

// modified is a finding that an ignore file or a statement of exploitability took out.
func (t *trivy) modified(raw []byte) {
	var m struct {
		Type, Status, Statement, Source string
		Finding                         struct {
			trivyVulnerability
			ID string
		}
	}
	if !t.in.decode(raw, &m) {
		return
	}
	f := m.Finding.finding()
	if m.Type != "vulnerability" {
		f = findings.Finding{Class: findings.Configuration, ID: m.Finding.ID, Title: m.Finding.Title, Severity: findings.Rate(m.Finding.Severity), Rating: m.Finding.Severity}
		if m.Type == "secret" {
			f.Class = findings.Secrets
		}
	}
	f.Status, f.Word = findings.Suppressed, m.Status
	f.Statement = &findings.Statement{State: m.Status, Why: m.Statement, Source: m.Source, VEX: strings.Contains(m.Source, "VEX") || m.Status == "not_affected"}
	t.found(f)
}

// namely is a name that tells what was looked at: the folder that a tool happened to be
// started in tells nothing.
func namely(name string) string {
	if strings.Trim(name, "./\\ ") == "" {
		return ""
	}
	return name
}

// some is a list of what is there.
func some(all ...string) []string {
	var list []string
	for _, s := range all {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}
