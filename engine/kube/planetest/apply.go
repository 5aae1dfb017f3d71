package planetest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"
)

// Apply makes the objects of a YAML stream, as an administrator, in their order;
// what exists is updated. A namespace gets the default account that a controller
// would make, and a status is written too, since nobody else writes one here.
func (p *Plane) Apply(ctx context.Context, stream []byte) error {
	objects, err := decode(stream)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	found, err := discovery.NewDiscoveryClientForConfig(p.cfg)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))
	client, err := dynamic.NewForConfig(p.cfg)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	for _, object := range objects {
		mapping, err := mapper.RESTMapping(object.GroupVersionKind().GroupKind(), object.GroupVersionKind().Version)
		if err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
		}
		var resource dynamic.ResourceInterface = client.Resource(mapping.Resource)
		if mapping.Scope.Name() == "namespace" {
			if object.GetNamespace() == "" {
				object.SetNamespace("default")
			}
			resource = client.Resource(mapping.Resource).Namespace(object.GetNamespace())
		}
		if err := p.put(ctx, resource, object); err != nil {
			return fmt.Errorf("apply %s %s/%s: %w", object.GetKind(), object.GetNamespace(), object.GetName(), err)
		}
	}
	return nil
}

func decode(stream []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

func (p *Plane) put(ctx context.Context, resource dynamic.ResourceInterface, object *unstructured.Unstructured) error {
	options := metav1.ApplyOptions{FieldManager: "planetest", Force: true}
	made, err := resource.Apply(ctx, object.GetName(), object, options)
	if err != nil {
		return err
	}
	if _, ok := object.Object["status"]; ok {
		if _, err := resource.ApplyStatus(ctx, object.GetName(), object, options); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	if made.GetKind() == "Namespace" && made.GetAPIVersion() == "v1" {
		return p.account(ctx, made.GetName())
	}
	return nil
}

func (p *Plane) account(ctx context.Context, namespace string) error {
	client, err := kubernetes.NewForConfig(p.cfg)
	if err != nil {
		return err
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err = client.CoreV1().ServiceAccounts(namespace).Create(ctx, account, metav1.CreateOptions{}); apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// Install makes a custom kind that takes any fields, and waits until it is served.
func (p *Plane) Install(kind schema.GroupVersionKind, plural string, namespaced bool) error {
	anything, scope := true, apiextensionsv1.ClusterScoped
	if namespaced {
		scope = apiextensionsv1.NamespaceScoped
	}
	crd := &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{
			Name: plural + "." + kind.Group,
			// Without it the server refuses kinds below k8s.io.
			Annotations: map[string]string{"api-approved.kubernetes.io": "unapproved, for a test"},
		},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: kind.Group, Scope: scope,
			Names: apiextensionsv1.CustomResourceDefinitionNames{
				Kind: kind.Kind, ListKind: kind.Kind + "List", Plural: plural, Singular: strings.ToLower(kind.Kind),
			},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: kind.Version, Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object", XPreserveUnknownFields: &anything,
				}},
			}},
		},
	}
	_, err := envtest.InstallCRDs(p.cfg, envtest.CRDInstallOptions{
		CRDs: []*apiextensionsv1.CustomResourceDefinition{crd}, PollInterval: 20 * time.Millisecond, MaxTime: 30 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("install %s: %w", kind, err)
	}
	return nil
}
