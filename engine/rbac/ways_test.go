package rbac

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// whoIs binds rules to ann everywhere, and others in the namespace pay.
func whoIs(everywhere, inPay string) []string {
	return []string{
		"kind: ClusterRole\nmetadata: {name: r}\nrules: [" + everywhere + "]", everywhereAnn,
		"kind: ClusterRole\nmetadata: {name: s}\nrules: [" + inPay + "]", "kind: RoleBinding\nmetadata: {name: c, namespace: pay}\nroleRef: {kind: ClusterRole, name: s}\nsubjects: [{kind: User, name: ann}]",
	}
}

// A pod brings the claim for a volume along, so that who makes volumes needs a pod alone.
func TestWaysByVolumes(t *testing.T) {
	const volumes = "{verbs: [create], " + core + "resources: [persistentvolumes]}"
	const api = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: pay}\nspec: {template: {spec: {serviceAccountName: weak}}}"
	for inPay, want := range map[string]bool{
		"{verbs: [create], " + core + "resources: [pods]}":                                                             true,
		"{verbs: [create], apiGroups: [batch], resources: [jobs]}":                                                     true,
		"{verbs: [patch], apiGroups: [apps], resources: [deployments]}":                                                true,
		"{verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [api]}":                          true,
		"{verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [web]}":                          false,
		"{verbs: [patch], apiGroups: [apps], resources: [statefulsets]}":                                               false,
		"{verbs: [create], " + core + "resources: [persistentvolumeclaims]}":                                           false,
		"{verbs: [create], " + core + "resources: [pods], resourceNames: [x]}":                                         false,
		"{verbs: [create], " + core + "resources: [persistentvolumes]}, {verbs: [get], " + core + "resources: [pods]}": false,
	} {
		path, is := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), append(whoIs(volumes, inPay), api)...)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, want, is, "%s: %s", inPay, path)
		if is {
			assert.Contains(t, path.String(), "mounts the disk of a node through a persistent volume", inPay)
		}
	}
}

// A Secret for the token of one account becomes that of another by a change of its annotation.
func TestWaysByChangedSecrets(t *testing.T) {
	documents := split(strings.NewReplacer("\nsecrets: [{name: strong-token}]", "", "{name: weak, namespace: pay}", "{name: weak, namespace: sys}\nsecrets: [{name: weak-token}]").Replace(strong))
	for rules, want := range map[string]bool{
		"{verbs: [patch], " + core + "resources: [secrets]}":                                    true,
		"{verbs: [update, get], " + core + "resources: [secrets], resourceNames: [weak-token]}": true,
		"{verbs: [update, get], " + core + "resources: [secrets], resourceNames: [other]}":      false,
		"{verbs: [update], " + core + "resources: [secrets]}":                                   false,
		"{verbs: [get], " + core + "resources: [secrets]}":                                      false,

		"{verbs: [update], " + core + "resources: [secrets], resourceNames: [weak-token]}, {verbs: [get], " + core + "resources: [secrets], resourceNames: [other]}": false,
	} {
		for in, reached := range map[string]bool{"": true, "sys": true, "pay": false} {
			binding := everywhereAnn
			if in != "" {
				binding = fmt.Sprintf(bindIn, in)
			}
			role := "kind: ClusterRole\nmetadata: {name: r}\nrules: [" + rules + "]"
			path, is := EscalationsOf(viewOf(t, "k8s:test", append(documents, role, binding)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want && reached, is, "%s in %q: %s", rules, in, path)
			if is {
				assert.Contains(t, path.String(), "has the token of another service account written into Secret weak-token")
			}
		}
	}
}

// Files name few accounts, and each namespace has one all the same, which is in the groups of
// its accounts.
func TestWaysByAccountsThatNoFileHas(t *testing.T) {
	const edits = "kind: RoleBinding\nmetadata: {name: p, namespace: pay}\nroleRef: {kind: ClusterRole, name: edit}\nsubjects: [{kind: User, name: ann}]"
	const everywhere = "kind: ClusterRoleBinding\nmetadata: {name: p}\nroleRef: {kind: ClusterRole, name: edit}\nsubjects: [{kind: User, name: ann}]"
	for group, want := range map[string][2]bool{ // bound in pay, and everywhere
		"system:serviceaccounts:pay": {true, true}, "system:serviceaccounts": {true, true}, "system:authenticated": {true, true},
		"system:serviceaccounts:sys": {false, true}, "system:serviceaccount": {false, false},
	} {
		strong := "kind: ClusterRoleBinding\nmetadata: {name: a}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: Group, name: '" + group + "'}]"
		for i, binding := range []string{edits, everywhere} {
			e := EscalationsOf(viewOf(t, "manifests:test", strong, binding))
			path, is := e.ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want[i], is || e.Admin(Subject{Kind: "User", Name: "ann"}), "%s: %s", group, path)
		}
	}
}

// From 1.35 on the API server asks for create where a pod is entered by a websocket, unless it
// is told not to.
func TestWaysIntoPodsByGet(t *testing.T) {
	server := func(argument string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-n1, namespace: kube-system, labels: {component: kube-apiserver}, annotations: {kubernetes.io/config.mirror: x}}\nspec: {containers: [{name: a, command: [kube-apiserver, '" + argument + "']}]}"
	}
	const gates = "--feature-gates="
	for _, c := range []struct {
		version, argument string
		byGet             bool
	}{
		{"", "", true},
		{"v1.34.9", "", true},
		{"v1.9.1", "", true},
		{"v1.35.0", "", false},
		{"v1.36.3-gke.100", "", false},
		{"v2.0.0", "", false},
		{"v1.36.3", gates + "A=false,AuthorizePodWebsocketUpgradeCreatePermission=false", true},
		{"v1.36.3", gates + "AuthorizePodWebsocketUpgradeCreatePermission=0", true},
		{"v1.36.3", gates + "AuthorizePodWebsocketUpgradeCreatePermission=true,A=false", false},
		{"v1.36.3", gates + "AllBeta=false", true},
		{"v1.36.3", gates + "AllBeta=true", false},
	} {
		for resource, verbs := range map[string]string{"pods/exec": "get", "pods/attach": "get", "'*/exec'": "'get', list", "pods/portforward": ""} {
			for _, verb := range []string{verbs, "create"} {
				role := "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [" + verb + "], " + core + "resources: [" + resource + "]}]"
				in := fmt.Sprintf(bindIn, "sys")
				documents := append(split(strong), role, in, server(c.argument))
				target := engine.Target{ID: "k8s:test", ServerVersion: c.version}
				path, is := EscalationsOf(viewOfTarget(t, target, documents...)).ToEverything(Subject{Kind: "User", Name: "ann"})
				want := resource != "pods/portforward" && (verb == "create" || c.byGet)
				assert.Equal(t, want, is, "%s %s on %s %s: %s", verb, resource, c.version, c.argument, path)
			}
		}
	}
}
