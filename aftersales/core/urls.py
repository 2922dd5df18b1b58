"""Routes of signing in and of one's own account."""

from django.urls import path

from aftersales.core.views import session

app_name = "core"

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("login/code/", session.second_step, name="otp"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("account/two-step/", session.otp_setup, name="otp_setup"),
    path("account/password/", session.Password.as_view(), name="password"),
    path("account/language/", session.language, name="language"),
    path("account/theme/", session.theme, name="theme"),
    path("account/shop/", session.shop, name="shop"),
]
