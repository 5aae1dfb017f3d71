// Package planetest starts a real control plane for tests: kube-apiserver and etcd
// on the loopback interface, in two shapes.
//
// A Hardened plane is what an assessor hopes to find (RBAC and node authorization,
// Pod Security "restricted", an audit log, encryption at rest, anonymous requests
// to the health checks only); a Lax one is what they fear (cluster-admin bound to
// everybody, a static token, profiling). The binaries are built once by
// testdata/controlplane/build into .cache/controlplane at the root of the
// repository; KUBEBUILDER_ASSETS names another folder.
//
// A plane takes some four seconds to start: a package starts one in TestMain.
//
//	func TestMain(m *testing.M) { planetest.Main(m, planetest.Hardened, &plane) }
//
//	func TestX(t *testing.T) { p := planetest.Need(t, plane); ... }
//
// Only tests may import this package: it alone links controller-runtime.
package planetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// NoPlane is the variable that tells the fast part of the tests (`make check`) to
// do without control planes: the tests that need one skip and say so.
const NoPlane = "TICKMARK_NO_PLANE"

// Shape is how a plane is set up.
type Shape int

// The shapes.
const (
	Lax Shape = iota
	Hardened
)

// Plane is a running control plane.
type Plane struct {
	env *envtest.Environment
	cfg *rest.Config
	dir string
}

// Main starts a plane, puts it where plane points, runs the tests, stops it and
// exits. With TICKMARK_NO_PLANE the plane stays nil and Need skips.
func Main(m *testing.M, shape Shape, plane **Plane) {
	os.Exit(run(m, shape, plane))
}

func run(m *testing.M, shape Shape, plane **Plane) int {
	if os.Getenv(NoPlane) == "" {
		p, err := Start(shape)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		*plane = p
		defer func() {
			if err := p.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
	return m.Run()
}

// Need returns the plane, or skips where TICKMARK_NO_PLANE is set.
func Need(t testing.TB, plane *Plane) *Plane {
	t.Helper()
	if plane == nil && os.Getenv(NoPlane) != "" {
		t.Skipf("%s is set: this test needs a control plane", NoPlane)
	}
	if plane == nil {
		t.Fatal("the test needs a control plane, and its package starts none")
	}
	return plane
}

// Start starts a plane. Stop it when done, also when the test fails: it is two
// processes.
func Start(shape Shape) (*Plane, error) {
	assets, err := binaries()
	if err != nil {
		return nil, fmt.Errorf("start control plane: %w", err)
	}
	dir, err := os.MkdirTemp("", "planetest")
	if err != nil {
		return nil, fmt.Errorf("start control plane: %w", err)
	}
	p := &Plane{dir: dir, env: &envtest.Environment{
		BinaryAssetsDirectory: assets, ControlPlaneStartTimeout: 90 * time.Second, ControlPlaneStopTimeout: time.Minute,
	}}
	if err := p.start(shape); err != nil {
		return nil, errors.Join(fmt.Errorf("start control plane: %w", err), p.Stop())
	}
	return p, nil
}

func (p *Plane) start(shape Shape) error {
	configure := p.lax
	if shape == Hardened {
		configure = p.hardened
	}
	if err := configure(p.env.ControlPlane.GetAPIServer().Configure()); err != nil {
		return err
	}
	cfg, err := p.env.Start()
	if err != nil {
		return err
	}
	cfg.QPS, cfg.Burst = -1, -1
	p.cfg = cfg
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if shape == Lax {
		return p.Apply(ctx, []byte(everybodyIsAdmin))
	}
	return p.ready(ctx)
}

// ready waits for the namespaces that the server makes itself, and makes the
// default account that a controller would make.
func (p *Plane) ready(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(p.cfg)
	if err != nil {
		return err
	}
	for _, name := range []string{"default", "kube-system"} {
		for {
			_, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait for namespace %s: %w", name, err)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	_, err = client.CoreV1().ServiceAccounts("default").Create(ctx, account, metav1.CreateOptions{})
	return err
}

// Stop ends both processes and removes their files.
func (p *Plane) Stop() error {
	err := p.env.Stop()
	return errors.Join(err, os.RemoveAll(p.dir))
}

// Admin returns how a member of system:masters reaches the server.
func (p *Plane) Admin() *rest.Config { return rest.CopyConfig(p.cfg) }

// User returns a kubeconfig, with a client certificate, of a user whom nothing is
// granted yet. Its context has the user's name.
func (p *Plane) User(name string, groups ...string) ([]byte, error) {
	user, err := p.env.AddUser(envtest.User{Name: name, Groups: groups}, p.cfg)
	if err != nil {
		return nil, fmt.Errorf("add user %s: %w", name, err)
	}
	return user.KubeConfig()
}

// binaries returns the folder with both binaries.
func binaries() (string, error) {
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	if folder == "" {
		root, err := repository()
		if err != nil {
			return "", err
		}
		folder = filepath.Join(root, ".cache", "controlplane")
	}
	for _, name := range []string{"kube-apiserver", "etcd"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("%s is not built\nhint: `make controlplane` builds it once, in some minutes; %s=1 skips the tests that need it", name, NoPlane)
		}
	}
	return folder, nil
}

// repository returns the folder of go.mod above the working directory.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("no go.mod above the working directory")
		}
		folder = above
	}
}

// randomHex returns n random bytes in hexadecimal.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}
