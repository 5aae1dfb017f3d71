package checks

import (
	"strings"

	"tickmark/engine"
)

// scannerSettings are those of the Trivy operator, in a ConfigMap.
type scannerSettings struct {
	Data struct {
		Severity     *string `json:"trivy.severity"`
		Unfixed      string  `json:"trivy.ignoreUnfixed"`
		IgnoreFile   string  `json:"trivy.ignoreFile"`
		IgnorePolicy string  `json:"trivy.ignorePolicy"`
		SkipDirs     string  `json:"trivy.skipDirs"`
		SkipFiles    string  `json:"trivy.skipFiles"`
	} `json:"data"`
}

// leavesOut says what the Trivy operator's settings keep out of its reports, "" where they
// say nothing of the kind or were not seen.
func (s *scannerSettings) leavesOut() string {
	d := s.Data
	if d.Severity != nil && *d.Severity != "" {
		severities := strings.ToUpper(*d.Severity)
		for _, grave := range []string{"CRITICAL", "HIGH"} {
			if !strings.Contains(severities, grave) {
				return "leave out what is " + strings.ToLower(grave)
			}
		}
	}
	switch {
	case strings.EqualFold(d.Unfixed, "true"):
		return "leave out what has no fix"
	case d.IgnoreFile != "" || d.IgnorePolicy != "":
		return "leave out what a list of its own names"
	case d.SkipDirs != "" || d.SkipFiles != "":
		return "skip files of images"
	}
	return ""
}

// keptOutOfScans says what may keep something out of the Trivy operator's reports, "" if
// nothing does.
func keptOutOfScans(v *engine.View) string {
	if says := leftOutOfScans.Of(v); says != "" || !v.Hidden(configMapKind) {
		return says
	}
	return "its settings, a ConfigMap, were not seen"
}

// leftOutOfScans says which ConfigMap keeps what out of the Trivy operator's reports.
var leftOutOfScans = engine.NewSurvey(func(v *engine.View, _ string) string {
	for _, c := range engine.All[scannerSettings](v, configMapKind) {
		if says := c.Value.leavesOut(); says != "" {
			return "its settings (ConfigMap " + brief(c.Ref.Name) + ") " + says
		}
	}
	return ""
}, func(a, b string) bool { return a == b })
