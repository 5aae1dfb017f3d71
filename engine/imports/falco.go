package imports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsFalco(h head) bool {
	return has(item(h.first), "output", "priority", "rule", "time")
}

type falcoEvent struct {
	Output       string         `json:"output"`
	OutputFields map[string]any `json:"output_fields"`
	Priority     string         `json:"priority"`
	Rule         string         `json:"rule"`
	Source       string         `json:"source"`
	Hostname     string         `json:"hostname"`
	Tags         []string       `json:"tags"`
	Time         string         `json:"time"`
}

// maxEvents is how many sorts of events are told apart.
const maxEvents = 20_000

// readFalco reads Falco's JSON events, one a line or a list. Events of one rule on one
// pod or machine are one finding that says how often and from when to when.
func readFalco(in *intake) error {
	in.speaks(findings.Events)
	type key struct{ rule, priority, subject string }
	sorts := map[key]*findings.Finding{}
	var order []key
	machines, total, beyond := newGathered("machine"), 0, 0
	err := in.walkItems(func(raw []byte) {
		var e falcoEvent
		if !in.decode(raw, &e) {
			return
		}
		if e.Rule == "" || e.Priority == "" {
			in.gap(in.place(), engine.Unreadable, "it names no rule or no priority")
			return
		}
		if strings.HasPrefix(e.Rule, "Falco internal:") && strings.Contains(e.Rule, "drop") {
			in.gap(in.place(), engine.Unexplained, "Falco says that it lost events: "+e.Output)
		}
		total++
		at := when(e.Time)
		machines.add(e.Hostname, "", at)
		k := key{e.Rule, e.Priority, e.subject()}
		f, known := sorts[k]
		switch {
		case !known && len(sorts) >= maxEvents:
			beyond++
			return
		case !known:
			f = e.finding(k.subject)
			sorts[k] = f
			order = append(order, k)
		}
		f.Seen.Count++
		f.Seen.First, f.Seen.Last = earlier(f.Seen.First, at), later(f.Seen.Last, at)
	})
	for _, k := range order {
		in.finding(*sorts[k])
	}
	if beyond > 0 {
		in.gap(0, engine.TooLarge, fmt.Sprintf("%d events of other sorts than the first %d were not kept", beyond, maxEvents))
	}
	in.says(fmt.Sprintf("%d events", total))
	machines.artifact(in)
	return err
}

// subject is the pod, container or machine of an event.
func (e falcoEvent) subject() string {
	text := func(name string) string {
		if s, is := e.OutputFields[name].(string); is && s != "<NA>" {
			return s
		}
		return ""
	}
	if pod := text("k8s.pod.name"); pod != "" {
		return "Pod " + strings.Trim(text("k8s.ns.name")+"/"+pod, "/")
	}
	if container := text("container.name"); container != "" && container != "host" {
		return "container " + container + " on " + e.Hostname
	}
	return strings.TrimSpace("machine " + e.Hostname)
}

func (e falcoEvent) finding(subject string) *findings.Finding {
	f := &findings.Finding{
		Class: findings.Events, ID: e.Rule, Title: e.Rule, Status: findings.Failed, Word: e.Priority, Rating: e.Priority, Subject: subject,
		Reason: e.Output, Location: e.Source,
	}
	f.Severity = falcoPriorities[strings.ToLower(e.Priority)]
	pci := map[string][]string{}
	for _, tag := range e.Tags {
		if rest, is := strings.CutPrefix(strings.ToUpper(tag), "PCI_DSS_"); is {
			pci["PCI_DSS"] = append(pci["PCI_DSS"], rest)
		}
	}
	for _, standard := range slices.Sorted(maps.Keys(pci)) {
		f.Compliance = append(f.Compliance, findings.Compliance{Standard: standard, IDs: pci[standard]})
	}
	return f
}

// falcoPriorities are Falco's words; an unknown one is not rated.
var falcoPriorities = map[string]findings.Severity{
	"emergency": findings.Critical, "alert": findings.Critical, "critical": findings.Critical, "error": findings.High, "warning": findings.Medium,
	"notice": findings.Low, "informational": findings.Negligible, "info": findings.Negligible, "debug": findings.Negligible,
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
