"""HR's routes."""

from django.urls import path

from hr.api import auth, departments, employees

urlpatterns = [
    path("auth/login", auth.Login.as_view()),
    path("auth/refresh", auth.Refresh.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("auth/change_password", auth.ChangePassword.as_view()),
    path("auth/me", auth.Me.as_view()),
    path("departments", departments.Departments.as_view()),
    path("departments/<uuid:id>", departments.DepartmentDetail.as_view()),
    path("employees", employees.Employees.as_view()),
    path("employees/<uuid:id>", employees.EmployeeDetail.as_view()),
]
