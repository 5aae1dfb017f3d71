package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/kube"
)

// slowCluster answers as an API server does, counts what it is asked, and does not
// answer the list of one resource while it hangs there.
type slowCluster struct {
	mu      sync.Mutex
	asked   map[string]int
	hangs   string
	gone    int           // how often the second page of a list is gone
	reached chan struct{} // a message for each request that hangs
	free    chan struct{} // closed when the test is over
}

func newSlowCluster(t *testing.T) (*slowCluster, string) {
	c := &slowCluster{asked: map[string]int{}, reached: make(chan struct{}, 8), free: make(chan struct{})}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(c.free) })
	name := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: shop
contexts: [{name: shop, context: {cluster: shop, user: a}}, {name: dead, context: {cluster: dead, user: a}}, {name: other, context: {cluster: other, user: a}}]
clusters: [{name: shop, cluster: {server: %q}}, {name: dead, cluster: {server: "http://127.0.0.1:1"}}, {name: other, cluster: {server: %q}}]
users: [{name: a, user: {token: x}}]
`, server.URL, server.URL+"/other"), 0o600))
	return c, name
}

func (c *slowCluster) hang(resource string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hangs, c.asked = resource, map[string]int{}
}

func (c *slowCluster) times(resource string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[resource]
}

func (c *slowCluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, cluster := r.URL.Path, "shop"
	if below, other := strings.CutPrefix(path, "/other"); other {
		path, cluster = below, "other"
	}
	resource := path[strings.LastIndexByte(path, '/')+1:]
	c.mu.Lock()
	c.asked[resource]++
	hangs := c.hangs == resource
	c.mu.Unlock()
	if hangs {
		c.reached <- struct{}{}
		select {
		case <-c.free:
		case <-r.Context().Done():
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	system := fmt.Sprintf(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"11111111-0000-4000-8000-%s"}}`, cluster)
	switch resource {
	case "version":
		fmt.Fprint(w, `{"gitVersion":"v1.36.3","major":"1","minor":"36"}`)
	case "selfsubjectreviews":
		fmt.Fprint(w, `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview","status":{"userInfo":{"username":"ada","groups":["auditors"]}}}`)
	case "kube-system":
		fmt.Fprint(w, system)
	case "apis":
		fmt.Fprint(w, `{"kind":"APIGroupList","apiVersion":"v1","groups":[]}`)
	case "namespaces":
		fmt.Fprint(w, `{"apiVersion":"v1","kind":"NamespaceList","metadata":{},"items":[`+system+`]}`)
	case "pods":
		fmt.Fprint(w, `{"apiVersion":"v1","kind":"PodList","metadata":{},"items":[{"metadata":{"name":"api","namespace":"kube-system"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}]}`)
	case "configmaps":
		c.pages(w, r)
	default:
		fmt.Fprintf(w, `{%s"metadata":{},"items":[]}`, listHead(resource))
	}
}

// listHead is what the list of a resource says of itself.
func listHead(resource string) string {
	for _, r := range kube.Resources() {
		if r.Name == resource {
			return fmt.Sprintf(`"kind":%q,"apiVersion":%q,`, r.Kind.Kind+"List", strings.TrimPrefix(r.Kind.Group+"/"+r.Version, "/"))
		}
	}
	return ""
}

// pages gives a list of two pages, of which the second one is gone as often as c says:
// as where a namespace is deleted meanwhile.
func (c *slowCluster) pages(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item := `{"metadata":{"name":"a","namespace":"kube-system"}}`
	switch first := r.URL.Query().Get("continue") == ""; {
	case first && c.gone > 0:
		fmt.Fprint(w, `{`+listHead("configmaps")+`"metadata":{"continue":"next"},"items":[`+item+`,{"metadata":{"name":"deleted","namespace":"old"}}]}`)
	case first:
		fmt.Fprint(w, `{`+listHead("configmaps")+`"metadata":{},"items":[`+item+`]}`)
	default:
		c.gone--
		w.WriteHeader(http.StatusGone)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old","code":410}`)
	}
}

// A listing that expires on the server is begun again once; what was seen of it before
// is forgotten, and the second time it is a gap.
func TestAListingThatExpiresIsBegunAgain(t *testing.T) {
	o := newOffice(t)
	cluster, config := newSlowCluster(t)
	for gone, want := range map[int]string{1: "4 objects", 2: "5 objects"} {
		cluster.mu.Lock()
		cluster.gone = gone
		cluster.mu.Unlock()
		out, _ := o.command("scan", "--kubeconfig", config).Output()
		assert.Contains(t, string(out), want)
		assert.Equal(t, gone == 2, strings.Contains(string(out), "list configmaps: the listing expired on the server before its end"), string(out))
	}
}

// A collection that is killed goes on where it stopped, however it ended.
func TestAnInterruptedCollectionGoesOnWhereItStopped(t *testing.T) {
	o := newOffice(t)
	cluster, config := newSlowCluster(t)
	stop := func(how os.Signal) {
		cluster.hang("daemonsets")
		command := o.command("collect", o.vault, "--kubeconfig", config)
		require.NoError(t, command.Start())
		<-cluster.reached
		require.NoError(t, command.Process.Signal(how))
		_ = command.Wait()
		cluster.hang("")
	}
	for name, how := range map[string]os.Signal{"killed": syscall.SIGKILL, "interrupted": os.Interrupt} {
		t.Run(name, func(t *testing.T) {
			stop(how)
			out, err := o.command("collect", o.vault, "--kubeconfig", config).Output()
			assert.ErrorContains(t, err, "exit status 3")
			assert.Regexp(t, `resumed    shop: \d+ kinds with 3 objects were listed before the collection that began at 2`, string(out))
			assert.Zero(t, cluster.times("pods"), "what was listed to its end is not listed again")
			assert.Equal(t, 1, cluster.times("daemonsets"), "what was not is")
			status, said := o.run("vault", "verify", o.vault)
			assert.Zero(t, status, said)

			cluster.hang("")
			out, _ = o.command("collect", o.vault, "--kubeconfig", config).Output()
			assert.NotContains(t, string(out), "resumed")
			assert.Equal(t, 1, cluster.times("pods"), "what was recorded is looked at again")
		})
	}
	stop(syscall.SIGKILL)
	out, _ := o.command("collect", o.vault, "--kubeconfig", config, "-o", "json").Output()
	var form struct {
		Resumed []struct {
			Target         string
			Since          time.Time
			Kinds, Objects int
		}
	}
	require.NoError(t, json.Unmarshal(out, &form))
	require.Len(t, form.Resumed, 1, string(out))
	assert.Equal(t, 3, form.Resumed[0].Objects)
	assert.NotZero(t, form.Resumed[0].Kinds)
	assert.WithinDuration(t, time.Now(), form.Resumed[0].Since, time.Hour)
	assert.True(t, strings.HasPrefix(form.Resumed[0].Target, "k8s:"), form.Resumed[0].Target)
	stop(syscall.SIGKILL)
	out, _ = o.command("collect", o.vault, "--kubeconfig", config, "--fresh").Output()
	assert.NotContains(t, string(out), "resumed")
	assert.Equal(t, 1, cluster.times("pods"))
}

// Each context is a target of its own, and one that fails does not end the others.
func TestSeveralContextsInOneCollection(t *testing.T) {
	o := newOffice(t)
	_, config := newSlowCluster(t)
	command := o.command("collect", o.vault, "--kubeconfig", config, "--context", "shop", "--context", "dead", "--context", "other")
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	assert.ErrorContains(t, err, "exit status 3")
	assert.Contains(t, string(out), "collected  shop (k8s:11111111-0000-4000-8000-shop): 4 objects")
	assert.Contains(t, string(out), "collected  other (k8s:11111111-0000-4000-8000-other): 4 objects")
	assert.Contains(t, said.String(), "error: collect dead: ")
}
