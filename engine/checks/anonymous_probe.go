package checks

import (
	"fmt"
	"strings"

	"tickmark/engine"
)

// Check anonymous-requests-refused.
//
// Judges how the API server answered requests without credentials, which are sent
// only where they were asked for. Passes where it refused to list namespaces and
// pods (401 or 403). Fails where it listed one of them. Unknown for other answers, and
// for those that are not written in JSON, which may be those of something in between:
// a page to log on at, or a proxy. Version and health are public in
// every cluster unless somebody closed them, and are said, not judged.
func anonymousRequestsRefused() check {
	return check{
		id: "anonymous-requests-refused", version: 2, needs: []engine.Kind{engine.AnonymousProbeKind}, eval: func(v *engine.View) []engine.Detail {
			details := []engine.Detail{}
			for _, p := range engine.All[probe](v, engine.AnonymousProbeKind) {
				details = append(details, judgeProbe(p.Value).on(p.Object))
			}
			return details
		},
	}
}

// probe is how the API server answered, by status and what it wrote in, which was not
// always noted.
type probe struct {
	Requests []struct {
		Path   string `json:"path"`
		Status int    `json:"status"`
		Media  string `json:"media"`
	} `json:"requests"`
}

func judgeProbe(p *probe) finding {
	const lists = 2 // namespaces and pods
	refused, odd, public := 0, "", ""
	for i, r := range p.Requests {
		said := fmt.Sprintf("%s was answered with %d", shorten(r.Path), r.Status)
		field := index("requests", i) + ".status"
		switch path, _, _ := strings.Cut(r.Path, "?"); {
		case path != "/api/v1/namespaces" && path != "/api/v1/pods":
			if r.Status == 200 {
				public += ", " + path + " is public"
			}
		case r.Media != "" && r.Media != "application/json":
			odd = said + " in " + shorten(r.Media) + ", in which no API server answers"
		case r.Status >= 200 && r.Status < 300:
			return fails(field, r.Status, "Whoever reaches the API server may list what is in it: without credentials %s", said)
		case r.Status == 401 || r.Status == 403:
			refused++
		default:
			odd = said
		}
	}
	switch {
	case odd != "":
		return unknown("requests", nil, "Whether requests without credentials are refused cannot be told: %s", odd)
	case refused < lists:
		return unknown("requests", nil, "Whether requests without credentials are refused cannot be told: not all of them were sent")
	}
	return passes("requests", nil, "Without credentials neither namespaces nor pods are listed%s", public)
}
