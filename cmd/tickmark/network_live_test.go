package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whether the pods of Argo's workflows are what these say stands in a ConfigMap, for which
// the network verbs ask too; where no workflow is, nobody need let them.
func TestNetworkAsksForSettingsOfWorkflows(t *testing.T) {
	const flow = `{"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","metadata":{"name":"night","namespace":"na"},"spec":{"workflowSpec":{"templates":[{"name":"run","container":{"image":"x"}}]}}}`
	const settings = `{"metadata":{"name":"argo","namespace":"na"},"data":{"workflowDefaults":"spec: {podMetadata: {labels: {app: b}}}"}}`
	const doubt, refused = "CronWorkflow.argoproj.io na/night", "list configmaps"
	kinds := map[string]string{
		"configmaps": "ConfigMap", "cronjobs": "CronJob", "daemonsets": "DaemonSet", "deployments": "Deployment", "ingresses": "Ingress", "jobs": "Job", "namespaces": "Namespace",
		"networkpolicies": "NetworkPolicy", "nodes": "Node", "pods": "Pod", "podtemplates": "PodTemplate", "replicasets": "ReplicaSet",
		"replicationcontrollers": "ReplicationController", "services": "Service", "statefulsets": "StatefulSet", "cronworkflows": "CronWorkflow",
	}
	for name, c := range map[string]struct {
		flows, configMaps string // "" is refused
		says, saysNot     []string
	}{
		"no settings":             {flow, "{}", nil, []string{doubt, refused}},
		"settings":                {flow, settings, []string{doubt}, []string{refused}},
		"settings that are not":   {flow, "", []string{doubt, refused}, nil},
		"no workflow, no setting": {"", "", nil, []string{doubt, refused}},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch path := r.URL.Path; {
			case path == "/version":
				fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`)
			case strings.HasSuffix(path, "/kube-system"):
				fmt.Fprint(w, `{"metadata":{"name":"kube-system","uid":"11111111-0000-4000-8000-000000000001"}}`)
			case strings.HasSuffix(path, "selfsubjectreviews"):
				fmt.Fprint(w, `{"status":{"userInfo":{"username":"ada"}}}`)
			case path == "/apis":
				fmt.Fprint(w, `{"groups":[{"name":"argoproj.io","preferredVersion":{"version":"v1alpha1"}}]}`)
			case path == "/apis/argoproj.io/v1alpha1":
				fmt.Fprint(w, `{"kind":"APIResourceList","resources":[{"name":"cronworkflows","kind":"CronWorkflow","namespaced":true,"verbs":["list"]}]}`)
			case strings.HasSuffix(path, "/configmaps") && c.configMaps == "":
				w.WriteHeader(http.StatusForbidden)
			default:
				items := map[string]string{"configmaps": strings.TrimSuffix(c.configMaps, "{}"), "cronworkflows": c.flows, "namespaces": `{"metadata":{"name":"na"}}`}
				at := strings.LastIndexByte(path, '/')
				group := strings.TrimPrefix(strings.TrimPrefix(path[:at], "/apis/"), "/api/")
				fmt.Fprintf(w, `{"apiVersion":%q,"kind":%q,"metadata":{},"items":[%s]}`, group, kinds[path[at+1:]]+"List", items[path[at+1:]])
			}
		}))
		a := newAuditor(t)
		require.NoError(t, os.WriteFile(a.path("kubeconfig"), kubeconfigOf(server.URL), 0o600))
		status := run(t.Context(), a.door, []string{"network", "connections", "--kubeconfig", a.path("kubeconfig")})
		server.Close()
		assert.NotEqual(t, exitError, status, name)
		for _, text := range c.says {
			assert.Contains(t, a.err.String(), text, name)
		}
		for _, text := range c.saysNot {
			assert.NotContains(t, a.err.String(), text, name)
		}
	}
}
