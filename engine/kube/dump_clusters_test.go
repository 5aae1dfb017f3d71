package kube_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func objectJSON(apiVersion, kind, metadata, rest string) string {
	return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{%s}%s}`, apiVersion, kind, metadata, rest)
}

// Two clusters in one dump are refused where that is certain, and a gap of every kind where
// they may be two; one cluster in several files is neither.
func TestTwoClustersInADumpAreToldApart(t *testing.T) {
	named := func(name, uid string) string { return fmt.Sprintf(`"name":%q,"uid":%q`, name, uid) }
	namespace := func(name, uid string) string { return objectJSON("v1", "Namespace", named(name, uid), "") }
	authority := func(namespace, text string) string {
		return objectJSON("v1", "ConfigMap", named("kube-root-ca.crt", "uid-of-"+namespace)+`,"namespace":"`+namespace+`"`, `,"data":{"ca.crt":`+fmt.Sprintf("%q", text)+`}`)
	}
	version := func(id string) string {
		return objectJSON("config.openshift.io/v1", "ClusterVersion", `"name":"version"`, `,"spec":{"clusterID":"`+id+`"}`)
	}
	infrastructure := func(url string) string {
		return objectJSON("config.openshift.io/v1", "Infrastructure", `"name":"cluster"`, `,"status":{"apiServerURL":"`+url+`"}`)
	}
	node := func(name, uid string) string { return objectJSON("v1", "Node", named(name, uid), `,"spec":{}`) }
	const refused, doubted, fine = "refused", "doubted", "fine"
	for name, c := range map[string]struct {
		files saved
		want  string
	}{
		"namespaces that nobody deletes":     {saved{"a/ns.json": namespace("default", "1"), "b/ns.json": namespace("default", "2")}, refused},
		"the same, the same":                 {saved{"a/ns.json": namespace("default", "1"), "b/ns.json": namespace("default", "1")}, fine},
		"another namespace":                  {saved{"a/namespaces.json": lists(namespace("pay", "1")), "b/namespaces.json": lists(namespace("pay", "2"))}, doubted},
		"a role of the cluster":              {saved{"a.json": lists(objectJSON("rbac.authorization.k8s.io/v1", "ClusterRole", named("view", "1"), `,"rules":[]`)), "b.json": lists(objectJSON("rbac.authorization.k8s.io/v1", "ClusterRole", named("view", "2"), `,"rules":[]`))}, doubted},
		"a node":                             {saved{"a.json": node("w-1", "1"), "b.json": node("w-1", "2")}, doubted},
		"the API's own service":              {saved{"a.json": objectJSON("v1", "Service", named("kubernetes", "1")+`,"namespace":"default"`, `,"spec":{}`), "b.json": objectJSON("v1", "Service", named("kubernetes", "2")+`,"namespace":"default"`, `,"spec":{}`)}, doubted},
		"a pod that was made anew":           {saved{"a.json": podJSON("pay", "db-0"), "b.json": strings.Replace(podJSON("pay", "db-0"), "uid-of", "new-uid-of", 1)}, fine},
		"ids of OpenShift":                   {saved{"a/version.yaml": version("1"), "b/version.yaml": version("2")}, refused},
		"the same in lists":                  {saved{"a/cv.json": strings.ReplaceAll(lists(version("1")), `"List"`, `"ClusterVersionList"`), "b/cv.json": lists(version("2"))}, refused},
		"one id of OpenShift":                {saved{"a/version.yaml": version("1"), "b/version.yaml": version("1")}, fine},
		"addresses of OpenShift":             {saved{"a/i.json": infrastructure("https://a"), "b/i.json": infrastructure("https://b")}, doubted},
		"authorities":                        {saved{"a/c.json": authority("pay", "A"), "b/c.json": authority("shop", "B")}, doubted},
		"one authority":                      {saved{"a/c.json": authority("pay", "A\n"), "b/c.json": authority("shop", "A")}, fine},
		"versions of the server":             {saved{"a/version.json": `{"serverVersion":{"gitVersion":"v1.35.1"}}`, "b/version.json": `{"serverVersion":{"gitVersion":"v1.36.1"}}`}, doubted},
		"lists of nodes":                     {saved{"a/nodes.json": lists(node("a-1", "1"), node("a-2", "2")), "b/nodes.json": lists(node("b-1", "3"))}, doubted},
		"lists of nodes with one in common":  {saved{"a/nodes.json": lists(node("a-1", "1"), node("a-2", "2")), "b/nodes.json": lists(node("a-2", "2"))}, fine},
		"lists of pods of one namespace":     {saved{"a/pods.json": lists(podJSON("pay", "x")), "b/pods.json": lists(podJSON("pay", "y"))}, doubted},
		"lists of pods of other namespaces":  {saved{"a/pods.json": lists(podJSON("pay", "x")), "b/pods.json": lists(podJSON("shop", "y"))}, fine},
		"an object for each file":            {saved{"nodes/a.json": node("a-1", "1"), "nodes/b.json": node("b-1", "3")}, fine},
		"pods in a list of another resource": {saved{"pay/pods.json": lists(podJSON("pay", "x")), "pay/replicasets.json": lists(podJSON("pay", "y"))}, fine},
	} {
		s, err := dump(c.files.folder(t)).Collect(t.Context(), kept{}.intake())
		ofAll := slices.DeleteFunc(slices.Clone(s.Gaps), func(g engine.Gap) bool { return !g.Kind.IsZero() })
		doubt := slices.ContainsFunc(ofAll, func(g engine.Gap) bool { return strings.Contains(g.Cause, "two clusters") })
		switch c.want {
		case refused:
			assert.ErrorContains(t, err, "it is of two clusters", name)
		default:
			require.NoError(t, err, name)
			assert.Equal(t, c.want == doubted, doubt, "%s: %v", name, ofAll)
		}
	}
}
