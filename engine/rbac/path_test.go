package rbac

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// strong is an account of kube-system that may do everything, and what runs as it.
const strong = `
kind: ClusterRole
metadata: {name: all}
rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]
---
kind: ClusterRoleBinding
metadata: {name: strong}
roleRef: {kind: ClusterRole, name: all}
subjects: [{kind: ServiceAccount, name: strong, namespace: sys}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: strong, namespace: sys}
secrets: [{name: strong-token}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: weak, namespace: pay}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: sys}
spec: {template: {spec: {serviceAccountName: strong}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: sys}
spec: {template: {spec: {serviceAccountName: strong}}}
---
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: night, namespace: sys}
spec: {workflowSpec: {templates: [{name: run, serviceAccountName: strong, container: {image: x}}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: operator-1, namespace: sys}
spec: {serviceAccountName: strong}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1, namespace: pay}
spec: {serviceAccountName: weak}`

func split(stream string) []string { return strings.Split(stream, "\n---\n") }

// everywhereAnn and inSys bind the role r to ann.
const (
	everywhereAnn = "kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: ann}]"
	bindIn        = "kind: RoleBinding\nmetadata: {name: b, namespace: %s}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: ann}]"
)

// waysCase is what rules of a role lead to.
type waysCase struct {
	rules string
	in    string // a namespace, "" for the whole cluster
	want  string // a part of the path, "" for none
}

const (
	rbacs = "apiGroups: [rbac.authorization.k8s.io], "
	core  = "apiGroups: [''], "
)

// leadsTo follows the ways of ann, to whom the rules are bound.
func (c waysCase) leadsTo(t *testing.T, name string) {
	t.Helper()
	binding := everywhereAnn
	if c.in != "" {
		binding = fmt.Sprintf(bindIn, c.in)
	}
	e := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+c.rules+"]", binding)...))
	path, is := e.ToEverything(Subject{Kind: "User", Name: "ann"})
	assert.Equal(t, c.want != "", is, "%s: %s", name, path)
	assert.Contains(t, path.String(), c.want, name)
	if is {
		assert.NotEmpty(t, path.Cites(), name)
		assert.Len(t, path.Steps, e.steps[e.index[place{kind: aSubject, subject: path.From}]], name)
	}
}

// Source of the cases: the ways to other rights that the documentation of Kubernetes'
// role-based access control and its good practices name.
func TestWaysToEverything(t *testing.T) {
	for name, c := range map[string]waysCase{
		"escalate and change":                {"{verbs: [escalate, patch], " + rbacs + "resources: [clusterroles]}", "", "writes every right into ClusterRole r"},
		"escalate alone":                     {"{verbs: [escalate], " + rbacs + "resources: [clusterroles]}", "", ""},
		"escalate another role":              {"{verbs: [escalate, update], " + rbacs + "resources: [clusterroles], resourceNames: [other]}", "", ""},
		"escalate in a namespace with power": {"{verbs: [escalate, patch], " + rbacs + "resources: [clusterroles, roles]}", "sys", ""},
		"bind":                               {"{verbs: [bind], " + rbacs + "resources: [clusterroles]}, {verbs: [create], " + rbacs + "resources: [clusterrolebindings]}", "", "binds cluster-admin to itself: every right"},
		"bind one of power":                  {"{verbs: [bind], " + rbacs + "resources: [clusterroles], resourceNames: [all]}, {verbs: [create], " + rbacs + "resources: [clusterrolebindings]}", "", "binds ClusterRole all to itself"},
		"bind one of none":                   {"{verbs: [bind], " + rbacs + "resources: [clusterroles], resourceNames: [r]}, {verbs: [create], " + rbacs + "resources: [clusterrolebindings]}", "", ""},
		"bind and change what is bound":      {"{verbs: [bind], " + rbacs + "resources: [clusterroles], resourceNames: [all]}, {verbs: [patch], " + rbacs + "resources: [clusterrolebindings]}", "", "binds ClusterRole all"},
		"bind and no binding":                {"{verbs: [bind], " + rbacs + "resources: [clusterroles]}", "", ""},
		"bind in a namespace with power":     {"{verbs: [bind], " + rbacs + "resources: [clusterroles]}, {verbs: [create], " + rbacs + "resources: [rolebindings]}", "sys", "binds cluster-admin to itself in a namespace: ServiceAccount sys/strong"},
		"bind in a namespace without":        {"{verbs: [bind], " + rbacs + "resources: [clusterroles]}, {verbs: [create], " + rbacs + "resources: [rolebindings]}", "pay", ""},
		"make bindings alone":                {"{verbs: [create, update], " + rbacs + "resources: [clusterrolebindings, rolebindings]}", "", ""},
		"impersonate groups":                 {"{verbs: [impersonate], " + core + "resources: [groups, users]}", "", "speaks as a member of system:masters: Group system:masters"},
		"impersonate groups and nobody":      {"{verbs: [impersonate], " + core + "resources: [groups]}", "", ""},
		"impersonate a group":                {"{verbs: [impersonate], " + core + "resources: [groups], resourceNames: [ops]}, {verbs: [impersonate], " + core + "resources: [users], resourceNames: [zoe]}", "", ""},
		"impersonate an account":             {"{verbs: [impersonate], " + core + "resources: [serviceaccounts], resourceNames: [strong]}", "sys", "speaks as a service account: ServiceAccount sys/strong"},
		"impersonate it elsewhere":           {"{verbs: [impersonate], " + core + "resources: [serviceaccounts], resourceNames: [strong]}", "pay", ""},
		"impersonate another account":        {"{verbs: [impersonate], " + core + "resources: [serviceaccounts], resourceNames: [weak]}", "", ""},
		"impersonate an account as a user":   {"{verbs: [impersonate], " + core + "resources: [users], resourceNames: ['system:serviceaccount:sys:strong']}", "", ""},
		"a group as an account's user name":  {"{verbs: [impersonate], " + core + "resources: [groups], resourceNames: ['system:masters']}, {verbs: [impersonate], " + core + "resources: [users], resourceNames: ['system:serviceaccount:sys:weak']}", "", ""},
		"impersonate users":                  {"{verbs: [impersonate], " + core + "resources: [users]}", "", ""},
		"create pods":                        {"{verbs: [create], " + core + "resources: [pods]}", "sys", "runs a pod (pods) with an account of its choice: ServiceAccount sys/strong"},
		"create pods by wildcard":            {"{verbs: ['*'], " + core + "resources: [pods]}", "", "runs a pod"},
		"create pods of a name":              {"{verbs: [create], " + core + "resources: [pods], resourceNames: [x]}", "sys", ""},
		"create pods elsewhere":              {"{verbs: [create], " + core + "resources: [pods]}", "pay", ""},
		"create cron jobs":                   {"{verbs: [create], apiGroups: [batch], resources: [cronjobs]}", "sys", "runs a pod (cronjobs)"},
		"change deployments":                 {"{verbs: [patch], apiGroups: [apps], resources: [deployments]}", "sys", "another account and another image"},
		"change one deployment":              {"{verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [operator]}", "", "gives Deployment sys/operator another account"},
		"change a deployment that is none":   {"{verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [api]}", "", ""},
		"scale":                              {"{verbs: [patch], apiGroups: [apps], resources: [deployments/scale]}", "", ""},
		"change pods":                        {"{verbs: [update], " + core + "resources: [pods]}", "", "gives a pod another image"},
		"ephemeral containers":               {"{verbs: [patch], " + core + "resources: [pods/ephemeralcontainers]}", "", "adds a container to a pod"},
		"exec":                               {"{verbs: [create], " + core + "resources: [pods/exec]}", "sys", "runs commands in a pod"},
		"exec by get":                        {"{verbs: [get], " + core + "resources: ['*/exec']}", "", "runs commands in a pod"},
		"exec into one":                      {"{verbs: [create], " + core + "resources: [pods/exec], resourceNames: [operator-1]}", "", "runs commands in a pod (operator-1)"},
		"exec into another":                  {"{verbs: [create], " + core + "resources: [pods/exec], resourceNames: [api-1]}", "", ""},
		"attach":                             {"{verbs: [create], " + core + "resources: [pods/attach]}", "", "attaches to a pod"},
		"port forwarding is no identity":     {"{verbs: [create], " + core + "resources: [pods/portforward]}", "", ""},
		"nodes/proxy":                        {"{verbs: [get], " + core + "resources: [nodes/proxy]}", "", "through its kubelet: ServiceAccount sys/strong"},
		"nodes/proxy in a namespace":         {"{verbs: [get], " + core + "resources: [nodes/proxy]}", "sys", ""},
		"mutating webhooks":                  {"{verbs: [patch], apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations]}", "", "a webhook of its own"},
		"validating webhooks":                {"{verbs: [patch], apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations]}", "", ""},
		"volumes of the host":                {"{verbs: [create], " + core + "resources: [persistentvolumes, persistentvolumeclaims, pods]}", "", "a pod"},
		"volumes and nowhere to mount them":  {"{verbs: [create], " + core + "resources: [persistentvolumes]}", "", ""},
		"another's server for an API":        {"{verbs: [patch], apiGroups: [apiregistration.k8s.io], resources: [apiservices]}", "", "has a server of its own answer"},
		"for one of the server's":            {"{verbs: [update], apiGroups: [apiregistration.k8s.io], resources: [apiservices], resourceNames: [v1.apps]}", "", "has a server of its own answer"},
		"for the core group":                 {"{verbs: [update], apiGroups: [apiregistration.k8s.io], resources: [apiservices], resourceNames: [v1.]}", "", "has a server of its own answer"},
		"for another's API":                  {"{verbs: [update], apiGroups: [apiregistration.k8s.io], resources: [apiservices], resourceNames: [v1beta1.metrics.k8s.io]}", "", ""},
		"for an API that there is not yet":   {"{verbs: [create], apiGroups: [apiregistration.k8s.io], resources: [apiservices]}", "", ""},
		"impersonate a node":                 {"{verbs: [impersonate], " + core + "resources: [groups], resourceNames: ['system:nodes']}, {verbs: [impersonate], " + core + "resources: [users], resourceNames: ['system:node:n1']}", "", "speaks as a node"},
		"impersonate nodes as another":       {"{verbs: [impersonate], " + core + "resources: [groups], resourceNames: ['system:nodes']}, {verbs: [impersonate], " + core + "resources: [users], resourceNames: [zoe]}", "", ""},
		"reading alone":                      {"{verbs: [get, list, watch], " + core + "resources: [pods, configmaps]}", "", ""},
	} {
		c.leadsTo(t, name)
	}
}

func TestWaysByCredentials(t *testing.T) {
	for name, c := range map[string]waysCase{
		"list secrets":                       {"{verbs: [list], " + core + "resources: [secrets]}", "sys", "reads the token of a service account in a Secret"},
		"watch secrets":                      {"{verbs: [watch], " + core + "resources: [secrets]}", "", "reads the token"},
		"get a secret":                       {"{verbs: [get], " + core + "resources: [secrets], resourceNames: [strong-token]}", "sys", "reads the token in Secret strong-token"},
		"list secrets by an empty name":      {"{verbs: [get, list], " + core + "resources: [secrets], resourceNames: ['']}", "sys", "reads the token of a service account in a Secret"},
		"get secrets by an empty name":       {"{verbs: [get], " + core + "resources: [secrets], resourceNames: ['']}", "sys", ""},
		"watch secrets by an empty name":     {"{verbs: [watch], " + core + "resources: [secrets], resourceNames: ['']}", "sys", "reads the token of a service account in a Secret"},
		"request tokens by an empty name":    {"{verbs: [create], " + core + "resources: [serviceaccounts/token], resourceNames: ['']}", "sys", ""},
		"patch secrets":                      {"{verbs: [patch], " + core + "resources: [secrets]}", "sys", "token of another service account written into Secret strong-token"},
		"delete one secret":                  {"{verbs: [delete], " + core + "resources: [secrets], resourceNames: [strong-token]}", "sys", "reads the token in Secret strong-token"},
		"delete secrets together":            {"{verbs: [deletecollection], " + core + "resources: [secrets]}", "", "reads the token"},
		"delete them by an empty name":       {"{verbs: [deletecollection], " + core + "resources: [secrets], resourceNames: ['']}", "sys", "reads the token"},
		"update secrets":                     {"{verbs: [update], " + core + "resources: [secrets]}", "", ""},
		"secrets without a token":            {"{verbs: [list], " + core + "resources: [secrets]}", "pay", ""},
		"make secrets and read them":         {"{verbs: [create, get], " + core + "resources: [secrets]}", "sys", "token of a service account, and reads it"},
		"make secrets and read one":          {"{verbs: [create], " + core + "resources: [secrets]}, {verbs: [get], " + core + "resources: [secrets], resourceNames: [mine]}", "", "token of a service account, and reads it"},
		"make secrets and read one in place": {"{verbs: [create], " + core + "resources: [secrets]}, {verbs: [get], " + core + "resources: [secrets], resourceNames: [mine]}", "sys", "token of a service account, and reads it"},
		"make secrets and read none":         {"{verbs: [create], " + core + "resources: [secrets]}, {verbs: [get], " + core + "resources: [secrets], resourceNames: ['']}", "sys", ""},
		"make secrets alone":                 {"{verbs: [create], " + core + "resources: [secrets]}", "", ""},
		"request tokens":                     {"{verbs: [create], " + core + "resources: [serviceaccounts/token]}", "sys", "requests a token"},
		"request one token":                  {"{verbs: [create], " + core + "resources: [serviceaccounts/token], resourceNames: [strong]}", "", "requests a token"},
		"request another token":              {"{verbs: [create], " + core + "resources: [serviceaccounts/token], resourceNames: [weak]}", "", ""},
	} {
		c.leadsTo(t, name)
	}
}

// Whoever may bind a role makes a binding to it, wherever he may, or changes one.
func TestWaysByBindings(t *testing.T) {
	const (
		of    = "apiGroups: [rbac.authorization.k8s.io], resources: "
		roleX = "kind: Role\nmetadata: {name: x, namespace: sys}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods]}]"
		bindX = "kind: RoleBinding\nmetadata: {name: bx, namespace: sys}\nroleRef: {kind: Role, name: x}\nsubjects: [{kind: User, name: zoe}]"
		big   = "kind: ClusterRole\nmetadata: {name: big}\nrules: [{verbs: [escalate, patch], " + of + "[clusterroles]}]"
	)
	for name, c := range map[string]struct{ bind, with, in, want string }{
		"a cluster role in any namespace":   {"[clusterroles], resourceNames: [all]", "{verbs: [create], " + of + "[rolebindings]}", "", "binds ClusterRole all to itself: ServiceAccount sys/strong"},
		"another cluster role":              {"[clusterroles], resourceNames: [r]", "{verbs: [create], " + of + "[rolebindings]}", "", ""},
		"a role in any namespace":           {"[roles], resourceNames: [x]", "{verbs: [create], " + of + "[rolebindings]}", "", "binds Role x to itself"},
		"a role in its namespace":           {"[roles], resourceNames: [x]", "{verbs: [create], " + of + "[rolebindings]}", "sys", "binds Role x to itself"},
		"a role in another namespace":       {"[roles], resourceNames: [x]", "{verbs: [create], " + of + "[rolebindings]}", "pay", ""},
		"another role":                      {"[roles], resourceNames: [y]", "{verbs: [create], " + of + "[rolebindings]}", "", ""},
		"a binding to a role":               {"[roles]", "{verbs: [patch], " + of + "[rolebindings]}", "sys", "binds Role sys/x to itself in RoleBinding sys/bx"},
		"a named binding":                   {"[roles]", "{verbs: [update], " + of + "[rolebindings], resourceNames: [bx]}", "", "binds Role sys/x to itself in RoleBinding sys/bx"},
		"another binding":                   {"[roles]", "{verbs: [update], " + of + "[rolebindings], resourceNames: [by]}", "", ""},
		"a binding of another namespace":    {"[roles]", "{verbs: [patch], " + of + "[rolebindings]}", "pay", ""},
		"a binding to a role of all rights": {"[clusterroles]", "{verbs: [patch], " + of + "[clusterrolebindings]}", "", "binds ClusterRole all to itself in ClusterRoleBinding strong: every right"},
		"a named one":                       {"[clusterroles]", "{verbs: [patch], " + of + "[clusterrolebindings], resourceNames: [strong]}", "", "in ClusterRoleBinding strong"},
		"another one":                       {"[clusterroles]", "{verbs: [patch], " + of + "[clusterrolebindings], resourceNames: [weak]}", "", ""},
		"a binding that may only be read":   {"[clusterroles]", "{verbs: [get], " + of + "[clusterrolebindings]}", "", ""},
		"a role that writes into itself":    {"[clusterroles], resourceNames: [big]", "{verbs: [create], " + of + "[clusterrolebindings]}", "", "writes every right into ClusterRole big, to which it is bound"},
		"one that does so in a namespace":   {"[clusterroles], resourceNames: [big]", "{verbs: [create], " + of + "[rolebindings]}", "sys", ""},
	} {
		binding := everywhereAnn
		if c.in != "" {
			binding = fmt.Sprintf(bindIn, c.in)
		}
		rules := "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [bind], " + of + c.bind + "}, " + c.with + "]"
		path, is := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), roleX, bindX, big, rules, binding)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, c.want != "", is, "%s: %s", name, path)
		assert.Contains(t, path.String(), c.want, name)
	}
}

// Files may bind roles that they do not hold, and hold bindings that no server takes.
func TestWaysByBindingsInFiles(t *testing.T) {
	const of = "apiGroups: [rbac.authorization.k8s.io], resources: "
	ann := Subject{Kind: "User", Name: "ann"}
	toEverything := func(rules string, more ...string) bool {
		documents := append(more, "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+rules+"]", everywhereAnn)
		_, is := EscalationsOf(viewOf(t, "manifests:test", documents...)).ToEverything(ann)
		return is
	}
	const bindAdmin = "{verbs: [bind], " + of + "[clusterroles], resourceNames: [cluster-admin]}, {verbs: [create], " + of + "[clusterrolebindings]}"
	assert.True(t, toEverything(bindAdmin), "what cluster-admin holds is known")
	const change = "{verbs: [bind], " + of + "[clusterroles]}, {verbs: [patch], " + of + "[clusterrolebindings]}"
	bound := "kind: ClusterRoleBinding\nmetadata: {name: a}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: KIND, name: zoe}]"
	assert.True(t, toEverything(change, strings.Replace(bound, "KIND", "User", 1)))
	assert.False(t, toEverything(change, strings.Replace(bound, "KIND", "Robot", 1)), "no server has such a binding")
}

// Kinds of others that make pods run them with an account of choice, as Kubernetes' own do.
func TestWaysByKindsOfOthers(t *testing.T) {
	for rule, want := range map[string]string{
		"{verbs: [create], apiGroups: [argoproj.io], resources: [rollouts]}":                             "runs a pod (rollouts.argoproj.io)",
		"{verbs: [create], apiGroups: [serving.knative.dev], resources: [services]}":                     "runs a pod",
		"{verbs: [create], apiGroups: [argoproj.io], resources: [workflows]}":                            "runs a pod (workflows.argoproj.io)",
		"{verbs: [create], apiGroups: [argoproj.io], resources: [workflowtemplates]}":                    "",
		"{verbs: [patch], apiGroups: [argoproj.io], resources: [cronworkflows], resourceNames: [night]}": "gives CronWorkflow sys/night another account",
		"{verbs: [create], apiGroups: [''], resources: [services]}":                                      "",
		"{verbs: [patch], apiGroups: [argoproj.io], resources: [rollouts], resourceNames: [web]}":        "gives Rollout sys/web another account",
		"{verbs: [patch], apiGroups: [argoproj.io], resources: [rollouts], resourceNames: [none]}":       "",
	} {
		e := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+rule+"]", everywhereAnn)...))
		path, is := e.ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, want != "", is, rule)
		assert.Contains(t, path.String(), want)
	}
}

// A certificate for anybody, where somebody is bound to every right by name, or for a node,
// where a strong account runs.
func TestCertificates(t *testing.T) {
	const request = "{verbs: [create], apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests]}"
	const approve = "{verbs: [update], apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval]}"
	const byItself = "{verbs: [create], apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/nodeclient]}"
	const renewed = "{verbs: [create], apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/selfnodeclient]}"
	sign := func(signer string) string {
		return "{verbs: [approve], apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: ['" + signer + "']}"
	}
	const root = "kind: ClusterRoleBinding\nmetadata: {name: root}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: User, name: root}]"
	const nodes = "kind: ClusterRoleBinding\nmetadata: {name: nodes}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: Group, name: 'system:nodes'}]"
	for name, c := range map[string]struct {
		rules []string
		with  []string
		want  string
	}{
		"all three":                         {[]string{request, approve, sign("kubernetes.io/kube-apiserver-client")}, []string{root}, "requests a client certificate"},
		"every signer of it":                {[]string{request, approve, sign("kubernetes.io/*")}, []string{root}, "requests a client certificate"},
		"of a service account":              {[]string{request, approve, sign("kubernetes.io/kube-apiserver-client")}, split(strong), "requests a client certificate and approves it: ServiceAccount sys/strong"},
		"of one that is not there":          {[]string{request, approve, sign("kubernetes.io/kube-apiserver-client")}, []string{strings.Replace(root, "{kind: User, name: root}", "{kind: ServiceAccount, name: ghost, namespace: sys}", 1)}, "requests a client certificate"},
		"another signer":                    {[]string{request, approve, sign("example.com/tls")}, append(split(strong), root), ""},
		"no approval":                       {[]string{request, sign("kubernetes.io/*")}, append(split(strong), root), ""},
		"of a node":                         {[]string{request, approve, sign("kubernetes.io/kube-apiserver-client-kubelet")}, split(strong), "requests the certificate of a node and approves it"},
		"of a node that serves":             {[]string{request, approve, sign("kubernetes.io/kubelet-serving")}, split(strong), ""},
		"of a node, approved by itself":     {[]string{request, byItself}, split(strong), "requests the certificate of a node, which is approved by itself"},
		"what is approved, without request": {[]string{byItself}, split(strong), ""},
		"its own renewed":                   {[]string{request, renewed}, split(strong), ""},
		"of a node where nothing runs":      {[]string{request, byItself}, []string{root}, ""},
		"of a node, where nodes are bound":  {[]string{request, byItself}, []string{nodes}, "requests the certificate of a node"},
	} {
		documents := append(c.with, "kind: ClusterRole\nmetadata: {name: all}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]", "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+strings.Join(c.rules, ", ")+"]", everywhereAnn)
		path, is := EscalationsOf(viewOf(t, "k8s:test", documents...)).ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, c.want != "", is, "%s: %s", name, path)
		assert.Contains(t, path.String(), c.want, name)
	}
}

// A service account that a binding names and that is not there is anybody's who may speak
// as it, or make it.
func TestAccountsThatAreNotThere(t *testing.T) {
	const ghost = "kind: ClusterRoleBinding\nmetadata: {name: ghost}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: ghost, namespace: pay}]"
	const admin = "kind: ClusterRole\nmetadata: {name: cluster-admin}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]"
	const make, token = "{verbs: [create], apiGroups: [''], resources: [serviceaccounts]}", "{verbs: [create], apiGroups: [''], resources: [serviceaccounts/token]}"
	for rules, want := range map[string]string{
		"{verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts]}":                          "speaks as a service account that is bound and not there: ServiceAccount pay/ghost",
		"{verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts], resourceNames: [ghost]}":  "speaks as a service account that is bound",
		"{verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts], resourceNames: [spirit]}": "",
		make:                "",
		token:               "",
		make + ", " + token: "and requests its token",
		make + ", " + strings.Replace(token, "token]", "token], resourceNames: [ghost]", 1): "and requests its token",
		make + ", " + strings.Replace(token, "token]", "token], resourceNames: [weak]", 1):  "",
		make + ", {verbs: [create], apiGroups: [''], resources: [pods]}":                    "and runs a pod with it",
		"{verbs: [create], apiGroups: [''], resources: [pods]}":                             "",
	} {
		for in, reached := range map[string]bool{"": true, "pay": true, "other": false} {
			binding := everywhereAnn
			if in != "" {
				binding = fmt.Sprintf(bindIn, in)
			}
			role := "kind: ClusterRole\nmetadata: {name: r}\nrules: [" + rules + "]"
			path, is := EscalationsOf(viewOf(t, "k8s:test", ghost, admin, role, binding)).ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want != "" && reached, is, "%s in %q: %s", rules, in, path)
			if is {
				assert.Contains(t, path.String(), want)
			}
		}
	}
}

// What a CronWorkflow runs again and again is decided by whoever may change the template.
func TestWaysByTemplatesThatAreRun(t *testing.T) {
	const (
		cron   = "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: nightly, namespace: sys}\nspec: {workflowSpec: {workflowTemplateRef: {name: outer}}}"
		outer  = "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: outer, namespace: sys}\nspec: {templates: [{name: m, steps: [[{name: s, templateRef: {name: lib, template: t, clusterScope: true}}]]}]}"
		lib    = "apiVersion: argoproj.io/v1alpha1\nkind: ClusterWorkflowTemplate\nmetadata: {name: lib}\nspec: {templates: [{name: t, container: {image: x}}]}"
		unused = "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: unused, namespace: sys}\nspec: {templates: [{name: t, container: {image: x}}]}"
		once   = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: once, namespace: sys}\nspec: {workflowTemplateRef: {name: unused}}"
	)
	for rules, want := range map[string]map[string]string{
		"resources: [workflowtemplates]": {
			"": "changes what WorkflowTemplate sys/outer runs for CronWorkflow sys/nightly: ServiceAccount sys/strong", "sys": "changes what WorkflowTemplate sys/outer", "pay": "",
		},
		"resources: [workflowtemplates], resourceNames: [outer]":      {"sys": "changes what WorkflowTemplate sys/outer"},
		"resources: [workflowtemplates], resourceNames: [unused]":     {"": "", "sys": ""},
		"resources: [workflowtemplates], resourceNames: [lib]":        {"": "", "sys": ""},
		"resources: [clusterworkflowtemplates]":                       {"": "changes what ClusterWorkflowTemplate lib runs for CronWorkflow sys/nightly", "sys": ""},
		"resources: [clusterworkflowtemplates], resourceNames: [lib]": {"": "changes what ClusterWorkflowTemplate lib"},
		"resources: [clusterworkflowtemplates/status]":                {"": ""},
	} {
		for in, want := range want {
			documents := append(split(strong), cron, outer, lib, unused, once, "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [patch], apiGroups: [argoproj.io], "+rules+"}]")
			binding := everywhereAnn
			if in != "" {
				binding = fmt.Sprintf(bindIn, in)
			}
			path, is := EscalationsOf(viewOf(t, "k8s:test", append(documents, binding)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want != "", is, "%s in %q: %s", rules, in, path)
			assert.Contains(t, path.String(), want)
		}
	}
}

// Users are in no namespace: a binding in one lets nobody speak as them, nor as a group
// together with them.
func TestUsersAreSpokenAsInTheWholeCluster(t *testing.T) {
	const groups = "kind: ClusterRole\nmetadata: {name: g}\nrules: [{verbs: [impersonate], apiGroups: [''], resources: [groups]}]\n---\n" +
		"kind: ClusterRoleBinding\nmetadata: {name: g}\nroleRef: {kind: ClusterRole, name: g}\nsubjects: [{kind: User, name: ann}]\n---\n" +
		"kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [impersonate], apiGroups: [''], resources: [WHAT]}]"
	for what, want := range map[string]map[string]bool{
		"users": {everywhereAnn: true, fmt.Sprintf(bindIn, "pay"): false}, "serviceaccounts": {everywhereAnn: true, fmt.Sprintf(bindIn, "pay"): true},
	} {
		for binding, want := range want {
			path, is := EscalationsOf(viewOf(t, "k8s:test", append(split(strings.Replace(groups, "WHAT", what, 1)), binding)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want, is, "%s by %s: %s", what, binding, path)
		}
	}
}

// A bootstrap token is whoever makes a Secret of kube-system, in the groups that are bound.
func TestWaysByBootstrapTokens(t *testing.T) {
	const secrets = "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [create], apiGroups: [''], resources: [secrets]}]"
	bound := func(group string) string {
		return "kind: ClusterRoleBinding\nmetadata: {name: g}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: Group, name: '" + group + "'}]"
	}
	for group, want := range map[string]bool{
		"system:bootstrappers": true, "system:bootstrappers:kubeadm:default-node-token": true, "system:bootstrappersx": false, "ops": false,
	} {
		for in, reached := range map[string]bool{everywhereAnn: true, fmt.Sprintf(bindIn, "kube-system"): true, fmt.Sprintf(bindIn, "pay"): false} {
			path, is := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), secrets, bound(group), in)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
			assert.Equal(t, want && reached, is, "%s: %s: %s", group, in, path)
		}
	}
}

// A role that is not there, and one that others are gathered into, are written by making
// or changing another.
func TestWaysByRolesThatAreMade(t *testing.T) {
	const (
		may      = "{verbs: [escalate], " + rbacs + "resources: [clusterroles]}"
		makes    = "{verbs: [create], " + rbacs + "resources: [clusterroles]}"
		missing  = "kind: ClusterRoleBinding\nmetadata: {name: m}\nroleRef: {kind: ClusterRole, name: gone}\nsubjects: [{kind: User, name: ann}]"
		gathers  = "kind: ClusterRole\nmetadata: {name: big}\naggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}"
		boundBig = "kind: ClusterRoleBinding\nmetadata: {name: big}\nroleRef: {kind: ClusterRole, name: big}\nsubjects: [{kind: User, name: ann}]"
		small    = "kind: ClusterRole\nmetadata: {name: small}"
		ofSmall  = "{verbs: [escalate, patch], " + rbacs + "resources: [clusterroles], resourceNames: [small]}"
	)
	inSpace := strings.NewReplacer("ClusterRoleBinding", "RoleBinding", "name: m}", "name: m, namespace: sys}", "ClusterRole,", "Role,").Replace(missing)
	for name, c := range map[string]struct {
		rules string
		with  []string
		want  string
	}{
		"one that is missing":               {may + ", " + makes, []string{missing}, "makes ClusterRole gone, to which it is bound, with every right"},
		"none is missing":                   {may + ", " + makes, nil, ""},
		"without escalate":                  {makes, []string{missing}, ""},
		"escalate of one alone":             {makes + ", " + ofSmall, []string{missing, small}, ""},
		"one that others are gathered into": {may + ", " + makes, []string{gathers, boundBig}, "makes a role of every right that is gathered into ClusterRole big"},
		"by changing one that is gathered":  {ofSmall, []string{gathers, boundBig, small}, "writes every right into a role that is gathered into ClusterRole big"},
		"gathered, and not bound":           {ofSmall, []string{gathers, small}, ""},
		"a missing role of a namespace":     {strings.ReplaceAll(may+", "+makes, "clusterroles", "roles"), append(split(strong), inSpace), "makes Role sys/gone, to which it is bound, with every right: ServiceAccount sys/strong"},
	} {
		documents := append(c.with, "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+c.rules+"]", everywhereAnn)
		path, is := EscalationsOf(viewOf(t, "k8s:test", documents...)).ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, c.want != "", is, "%s: %s", name, path)
		assert.Contains(t, path.String(), c.want, name)
	}
}

// A chain: what is reached is not everything, and leads there.
func TestTheShortestChain(t *testing.T) {
	chain := `
kind: Role
metadata: {name: deployer, namespace: pay}
rules: [{verbs: [create], apiGroups: [apps], resources: [deployments]}]
---
kind: RoleBinding
metadata: {name: deployers, namespace: pay}
roleRef: {kind: Role, name: deployer}
subjects: [{kind: Group, name: dev}]
---
kind: ClusterRole
metadata: {name: requester}
rules: [{verbs: [create], apiGroups: [''], resources: [serviceaccounts/token]}]
---
kind: ClusterRoleBinding
metadata: {name: requesters}
roleRef: {kind: ClusterRole, name: requester}
subjects: [{kind: User, name: 'system:serviceaccount:pay:weak'}]`
	e := EscalationsOf(viewOf(t, "k8s:test", append(split(strong), split(chain)...)...))
	path, is := e.ToEverything(Subject{Kind: "Group", Name: "dev"})
	require.True(t, is)
	assert.Equal(t, "runs a pod (deployments) with an account of its choice, as ServiceAccount pay/weak requests a token of a service account: ServiceAccount sys/strong", path.String())
	assert.Len(t, path.Cites(), 4)
	var reached []string
	for _, p := range e.From(Subject{Kind: "Group", Name: "dev"}) {
		reached = append(reached, fmt.Sprintf("%d %s", len(p.Steps), p.To))
	}
	assert.Equal(t, []string{"1 ServiceAccount pay/weak", "2 ServiceAccount sys/strong", "2  "}, reached)
	assert.True(t, e.Admin(Subject{Kind: "ServiceAccount", Namespace: "sys", Name: "strong"}))
	assert.False(t, e.Admin(Subject{Kind: "Group", Name: "dev"}))
	_, is = e.ToEverything(Subject{Kind: "User", Name: "nobody"})
	assert.False(t, is)
}

func TestNodesWithAControlPlane(t *testing.T) {
	static := "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd-n1, namespace: kube-system, labels: {component: etcd}, annotations: {kubernetes.io/config.mirror: x}}\nspec: {}"
	role := "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [get], apiGroups: [''], resources: [nodes/proxy]}]"
	ann := Subject{Kind: "User", Name: "ann"}
	path, is := EscalationsOf(viewOf(t, "k8s:test", role, everywhereAnn, static)).ToEverything(ann)
	require.True(t, is)
	assert.Equal(t, "Pod kube-system/etcd-n1", path.Steps[0].By[0].String())
	_, is = EscalationsOf(viewOf(t, "k8s:test", role, everywhereAnn)).ToEverything(ann)
	assert.False(t, is, "a provider's control plane is not on these nodes")
}

// Ten thousand namespaces, each with a binding to edit and one group that is bound in
// all of them.
func TestEscalationInALargeCluster(t *testing.T) {
	documents := split(strong)
	for i := range 10000 {
		documents = append(documents, fmt.Sprintf(`{"kind": "RoleBinding", "metadata": {"name": "b", "namespace": "n%d"}, "roleRef": {"kind": "ClusterRole", "name": "edit"}, "subjects": [{"kind": "User", "name": "u%d"}, {"kind": "Group", "name": "all"}]}`, i, i),
			fmt.Sprintf(`{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "n%d"}}`, i))
	}
	e := EscalationsOf(viewOf(t, "manifests:test", documents...))
	for _, s := range e.Subjects() {
		_, is := e.ToEverything(s)
		require.False(t, is, s)
	}
	assert.Less(t, len(e.ways), 40*10000)
}
