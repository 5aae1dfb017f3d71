package checks

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var (
	fileIntegrityKind     = engine.Kind{Group: "fileintegrity.openshift.io", Kind: "FileIntegrity"}
	fileIntegrityNodeKind = engine.Kind{Group: "fileintegrity.openshift.io", Kind: "FileIntegrityNodeStatus"}
)

// integrityDays is how old the last comparison of a node may be: PCI DSS asks for one
// a week.
const integrityDays = 7

// fileIntegrityNode is what OpenShift's File Integrity Operator says of a node.
type fileIntegrityNode struct {
	Node string `json:"nodeName"`
	Last struct {
		Condition string `json:"condition"`
		At        string `json:"lastProbeTime"`
		Error     string `json:"errorMessage"`
		Added     int    `json:"filesAdded"`
		Changed   int    `json:"filesChanged"`
		Removed   int    `json:"filesRemoved"`
		Map       string `json:"resultConfigMapName"`
	} `json:"lastResult"`
}

// Check file-integrity-scans-without-changes.
//
// Judges every node by the last result of OpenShift's File Integrity Operator for it.
// Passes where the comparison found the files as they were and is not older than seven
// days; fails where files were added, changed or removed, which somebody has to look
// at, and where the last comparison is older. Unknown where it ended in an error or
// says no date, and for a node without a result; a result for a node that is gone says
// nothing of those that are there, and one that fails is Unknown where that was not seen.
// Without any FileIntegrity there is nothing to judge, and other agents have a check of
// their own. Which files are compared, and who hears of a change, is not judged.
func fileIntegrityScansWithoutChanges() check {
	return check{
		id: "file-integrity-scans-without-changes", version: 2, needs: []engine.Kind{fileIntegrityKind, fileIntegrityNodeKind, nodeKind},
		eval: func(v *engine.View) []engine.Detail {
			results := engine.All[fileIntegrityNode](v, fileIntegrityNodeKind)
			if len(v.Objects(fileIntegrityKind)) == 0 && len(results) == 0 {
				return nil
			}
			var details []engine.Detail
			nodes := engine.All[corev1.Node](v, nodeKind)
			there := map[string]bool{}
			for _, n := range nodes {
				there[n.Ref.Name] = true
			}
			compared := map[string]bool{}
			for _, r := range results {
				compared[r.Value.Node] = true
				f := r.Value.judge(v.Now())
				switch gone := r.Value.Node != "" && !there[r.Value.Node]; {
				case gone && !v.Saw(nodeKind) && f.verdict == engine.Fail:
					f = unknown(f.field, f.value, "%s; whether that node is still there was not seen", f.sentence)
				case gone && v.Saw(nodeKind) && len(nodes) > 0:
					f = notApplicable("nodeName", r.Value.Node, "Node %s, which it is of, is not there", brief(r.Value.Node))
				}
				details = append(details, f.of(r.Ref, r.Digest))
			}
			for _, n := range nodes {
				if !compared[n.Ref.Name] {
					details = append(details, unknown("", nil, "The File Integrity Operator has no result for this node").of(n.Ref, n.Digest))
				}
			}
			return details
		},
	}
}

func (n *fileIntegrityNode) judge(now time.Time) finding {
	last := n.Last
	at, err := time.Parse(time.RFC3339, last.At)
	switch {
	case last.Condition == "Failed":
		return fails("lastResult", nil, "On node %s files were added (%d), changed (%d) or removed (%d); ConfigMap %s has the list", brief(n.Node), last.Added, last.Changed, last.Removed, brief(last.Map))
	case last.Condition != "Succeeded":
		return unknown("lastResult.condition", nilIfEmpty(last.Condition), "The last comparison on node %s did not come to a result: %s", brief(n.Node), brief(last.Error))
	case err != nil || at.After(now.Add(24*time.Hour)):
		return unknown("lastResult.lastProbeTime", nilIfEmpty(last.At), "The last comparison on node %s has no date that can be", brief(n.Node))
	case now.Sub(at) > integrityDays*24*time.Hour:
		return fails("lastResult.lastProbeTime", last.At, "The last comparison on node %s is of %s, older than %d days", brief(n.Node), day(at), integrityDays)
	}
	return passes("lastResult", nil, "The files on node %s were as they had been on %s", brief(n.Node), day(at))
}
