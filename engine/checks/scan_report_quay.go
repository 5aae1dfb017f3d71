package checks

import (
	"encoding/json"
	"strings"
	"time"

	"tickmark/engine"
)

// imageManifestVuln is what Quay's Container Security Operator says of an image that
// has vulnerabilities, by the digest of its manifest. Of images that have none it need
// not say anything, and of those that no registry with a scanner has it cannot.
type imageManifestVuln struct {
	Spec struct {
		Image    string       `json:"image"`
		Manifest string       `json:"manifest"`
		Features quayFeatures `json:"features"`
	} `json:"spec"`
	Status struct {
		severityCounts
		Negligible int    `json:"negligibleCount"`
		Defcon1    int    `json:"defcon1Count"`
		Updated    string `json:"lastUpdate"`
	} `json:"status"`
}

// quayFeatures is a list of packages that is counted while it is read.
type quayFeatures struct {
	scanReport
	listed bool
}

// UnmarshalJSON counts what is grave and lets the rest go.
func (l *quayFeatures) UnmarshalJSON(raw []byte) error {
	var list []struct {
		Name            string `json:"name"`
		Version         string `json:"version"`
		Vulnerabilities []struct {
			Name     string `json:"name"`
			Fixed    string `json:"fixedby"`
			Severity string `json:"severity"`
		} `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	l.listed = list != nil
	for _, f := range list {
		var found []vulnerability
		for _, one := range f.Vulnerabilities {
			severity := one.Severity
			if severity == "Defcon1" { // Clair's word for what is worse than critical
				severity = "Critical"
			}
			found = append(found, vulnerability{ID: one.Name, Resource: f.Name, Installed: f.Version, Fixed: one.Fixed, Severity: severity})
		}
		l.take(found)
	}
	return nil
}

func (m *imageManifestVuln) report(o *engine.Object) *scanReport {
	r := m.Spec.Features.scanReport
	r.object, r.scanner, r.listed = o, "Quay", m.Spec.Features.listed
	if named, err := parseImage(m.Spec.Image); err == nil {
		r.image = named
	}
	r.image.tag, r.image.digest = "", m.Spec.Manifest
	r.counts = m.Status.severityCounts
	r.counts.Critical += m.Status.Defcon1
	r.counts.Low += m.Status.Negligible
	r.counted = r.counts.all() > 0
	const form = "2006-01-02 15:04:05.999999999 -0700 MST" // as Go prints a time
	text, _, _ := strings.Cut(m.Status.Updated, " m=")
	for _, layout := range []string{form, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			r.updated = at
		}
	}
	return &r
}
